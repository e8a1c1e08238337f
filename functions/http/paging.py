"""Lists: what a request asks for in its query, and the cursor from which the next page continues."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from functions.domain.instant import timestamp
from functions.domain.page import Page, Position
from functions.domain.resource_id import LONGEST_ID
from functions.http.field_errors import shown_name
from functions.http.instants import EARLIEST, LATEST, read_instant
from functions.http.problem import FieldError, Problem
from functions.http.request import Request

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MAX_CURSOR_LENGTH = 1_024
_MILLISECOND = timedelta(milliseconds=1)
_LIMIT_PATTERN = r"[1-9]\d{0,2}"
_DIGEST_LENGTH = 16
_PARAMETERS = frozenset({"limit", "cursor", "since", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One page of a list: at most `limit` entries, from `first` to `last`, after `position`.

    `first` and `last` are timestamps, both included. `filters` has the other parameters that the request has.
    `binding` is what a cursor belongs to: the caller, the path and the query.
    """

    limit: int
    first: str
    last: str
    filters: Mapping[str, str]
    position: Position | None
    binding: str

    def next_cursor(self, page: Page[Any]) -> str | None:
        """Return the cursor of the page after this one; None after the last."""
        if page.position is None:
            return None
        text = json.dumps([*page.position, _digest(self.binding, page.position)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_page(request: Request, choices: Mapping[str, Sequence[str]]) -> PageRequest:
    """Return the page that a request asks for; raise a 400 `Problem` that names each wrong parameter.

    `choices` has the list's own parameters with the values that each may have.
    """
    query = request.query()
    errors = list(_wrong_names_and_choices(query, choices))
    limit = _read_limit(query.get("limit"), errors)
    since = _read_instant("since", query.get("since"), EARLIEST, errors)
    until = _read_instant("until", query.get("until"), LATEST, errors)
    if {"since", "until"} <= query.keys() and since >= until:
        errors.append(FieldError("until", "must be after since"))
    # Stored instants have milliseconds, and `until` is the first that is left out.
    first = timestamp(_ceiling(since))
    # One parameter alone may be before or after everything: the range is then one instant, where nothing is.
    last = max(first, timestamp(_ceiling(until) - _MILLISECOND))
    filters = {name: query[name] for name in sorted(choices) if name in query}
    page = PageRequest(
        limit=limit,
        first=first,
        last=last,
        filters=filters,
        position=None,
        binding=json.dumps([request.client_id, request.path, first, last, filters]),
    )
    if "cursor" in query:
        page = replace(page, position=_position(query["cursor"], page))
        if page.position is None:
            errors.append(FieldError("cursor", "is not a next_cursor of this list with the same parameters"))
    if errors:
        raise Problem(HTTPStatus.BAD_REQUEST, "The query is not valid; see errors.", errors=errors)
    return page


def _wrong_names_and_choices(
    query: Mapping[str, str], choices: Mapping[str, Sequence[str]]
) -> Iterator[FieldError]:
    for name, value in query.items():
        if name in choices:
            if value not in choices[name]:
                yield FieldError(name, f"must be one of {', '.join(choices[name])}")
        elif name not in _PARAMETERS:
            yield FieldError(shown_name(name), "is not a known parameter")


def _read_limit(text: str | None, errors: list[FieldError]) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(_LIMIT_PATTERN, text, re.ASCII) or int(text) > MAX_LIMIT:
        errors.append(FieldError("limit", f"must be a whole number from 1 to {MAX_LIMIT}"))
        return DEFAULT_LIMIT
    return int(text)


def _read_instant(name: str, text: str | None, default: datetime, errors: list[FieldError]) -> datetime:
    if text is None:
        return default
    try:
        return read_instant(text)
    except ValueError as error:
        errors.append(FieldError(name, str(error)))
        return default


def _ceiling(instant: datetime) -> datetime:
    """Return the first whole millisecond that is not before an instant."""
    beyond = timedelta(microseconds=instant.microsecond % 1000)
    return instant if not beyond else instant - beyond + _MILLISECOND


def _position(text: str, page: PageRequest) -> Position | None:
    """Return the position in a cursor that this list has given to this caller for this query.

    Its digest is no signature, so a position that was made up is checked too: it leads only into the caller's
    own entries, and DynamoDB refuses a key outside the query's range.
    """
    if len(text) > MAX_CURSOR_LENGTH:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        time, id_, digest = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    are_texts = isinstance(time, str) and isinstance(id_, str)
    if not are_texts or digest != _digest(page.binding, (time, id_)):
        return None
    is_inside = page.first <= time <= page.last and 1 <= len(id_) <= LONGEST_ID
    return (time, id_) if is_inside else None


def _digest(binding: str, position: Position) -> str:
    """Return what a cursor does not have that was altered or belongs to another list."""
    text = json.dumps([binding, *position])
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
