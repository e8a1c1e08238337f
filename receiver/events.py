"""The event inside a notification: a CloudEvents 1.0 document in JSON."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .refusals import MalformedRequest, UnusableEvent, shown
from .strict_json import parse_object

SPECVERSION = "1.0"
JSON_CONTENT_TYPE = "application/json"

# https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#time: RFC 3339, so a zone is a must.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class Event:
    """Hold one event, such as `order.paid`.

    - client_id: the client that the event belongs to; a receiver accepts one client's only.
    - id: the same for every copy of the event, retried or redelivered, to whichever webhook.
    - type: order.paid, order.declined, order.failed or webhook.test; be ready for new ones.
    - subject: the request ID that POST /orders answered with.
    - data: the JSON object as in docs/clients.md.
    """

    client_id: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]


def parse_event(text: str) -> Event:
    """Read an event from a notification's Message.

    Raises UnusableEvent with code `not_cloudevents`, its sentence naming the first thing wrong.
    """
    try:
        document = parse_object(text, "The Message")
    except MalformedRequest as error:
        raise UnusableEvent("not_cloudevents", error.sentence) from None
    if document.get("specversion") != SPECVERSION:
        raise _unusable(f"specversion is {shown(document.get('specversion'))}, not {SPECVERSION!r}")
    content_type = document.get("datacontenttype", JSON_CONTENT_TYPE)
    if content_type != JSON_CONTENT_TYPE:
        raise _unusable(f"datacontenttype is {shown(content_type)}, not {JSON_CONTENT_TYPE!r}")
    data = document.get("data")
    if not isinstance(data, dict):
        raise _unusable("data is not an object")
    return Event(
        # A document without one belongs to no client, and is refused as such.
        client_id=_client_id(document),
        id=_text(document, "id"),
        source=_text(document, "source"),
        type=_text(document, "type"),
        subject=_text(document, "subject"),
        time=_time(document),
        data=data,
    )


def _client_id(document: dict[str, Any]) -> str:
    value = document.get("clientid", "")
    if not isinstance(value, str):
        raise _unusable("clientid is not text")
    return value


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise _unusable(f"{name} is missing, empty or not text")
    return value


def _time(document: dict[str, Any]) -> datetime:
    value = _text(document, "time")
    if _TIME.fullmatch(value):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(value)
    raise _unusable(f"time is {shown(value)}, not an RFC 3339 time")


def _unusable(reason: str) -> UnusableEvent:
    return UnusableEvent("not_cloudevents", f"The Message is not a CloudEvents document: {reason}.")
