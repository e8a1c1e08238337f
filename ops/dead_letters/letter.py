"""A dead letter: why it is there, which order or event it is about, and its body."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ops.instants import from_milliseconds
from ops.json_object import read_object

_REASON = "reason"
_LONGEST_BODY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message; `reason` is "" where nothing recorded one: then its consumer failed too often."""

    queue: str
    message_id: str
    sent_at: datetime
    reason: str
    about: str
    """The order's request ID or the event's ID, where the body has one."""
    body: str = field(repr=False)

    @property
    def why(self) -> str:
        """The reason, or what an absent one means."""
        if self.reason:
            return self.reason
        return "its consumer failed as often as the queue allows"


def letter_of(queue: str, message: Any) -> DeadLetter:  # noqa: ANN401 - boto3's own type
    """Return the dead letter that a received message of a queue is."""
    attributes = message.get("MessageAttributes", {})
    return DeadLetter(
        queue=queue,
        message_id=message["MessageId"],
        sent_at=from_milliseconds(float(message["Attributes"]["SentTimestamp"])),
        reason=str(attributes.get(_REASON, {}).get("StringValue", "")),
        about=_about(message["Body"]),
        body=_shown_body(message["Body"]),
    )


def _about(body: str) -> str:
    document = read_object(body)
    inner = read_object(str(document.get("Message", "")))
    return str(document.get("request_id") or inner.get("subject") or inner.get("id") or "")


def _shown_body(body: str) -> str:
    """Return a body without the token of a payment method, indented where it is JSON."""
    document = read_object(body)
    if not document:
        return body[:_LONGEST_BODY]
    order = document.get("order")
    if isinstance(order, dict) and "payment_method" in order:
        document = {**document, "order": {**order, "payment_method": "(hidden)"}}
    return json.dumps(document, indent=2, ensure_ascii=False)[:_LONGEST_BODY]
