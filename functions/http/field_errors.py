"""From pydantic's findings to sentences that name the field and never the value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from functions.domain.card_number import contains_card_number
from functions.http.problem import FieldError

# A client chooses the names of its unknown fields and of its metadata, and how many of them are wrong: an
# answer repeats only so much.
_LONGEST_FIELD_NAME = 100
_MOST_ERRORS = 100


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """Return one entry a finding, in the order of the fields: the first hundred."""
    findings = error.errors(include_url=False, include_input=False, include_context=True)
    return tuple(FieldError(_field(f["loc"]), _message(f)) for f in findings[:_MOST_ERRORS])


def _field(location: Iterable[int | str]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{shown_name(part)}"
    return path.removeprefix(".") or "(body)"


def shown_name(part: str) -> str:
    """Return a name that a client chose as an answer may repeat it."""
    # Twice the length: a card number that the cut goes through is not shown in part.
    hidden = contains_card_number(part[: 2 * _LONGEST_FIELD_NAME], of_any_issuer=True)
    return "(not repeated)" if hidden else part[:_LONGEST_FIELD_NAME]


def _message(finding: Any) -> str:  # noqa: ANN401 - pydantic's own ErrorDetails, a loose mapping
    kind, context = finding["type"], finding.get("ctx", {})
    if kind == "extra_forbidden":
        return "is not a known field"
    if kind == "missing":
        return "is required"
    if kind == "value_error":
        return str(context["error"])
    message: str = finding["msg"].removeprefix("Input ")
    return message[:1].lower() + message[1:]
