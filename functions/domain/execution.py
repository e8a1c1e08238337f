"""Executions: what the queue carries and what a workflow starts with."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from functions.domain.order_content import faults_of
from functions.domain.shape import differences

# Step Functions allows 80 characters, and CloudWatch Logs shows only names of these:
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_LONGEST_NAME = 80
_UNSAFE = re.compile(r"[^0-9A-Za-z_-]")
_DIGEST_LENGTH = 16
# Of a message's faults, as many as an operator needs to see what it is not.
_FAULTS_TOLD = 5


# An order's record lives at least 29 days: the 14 in which an order may start, the 14 in which Step Functions
# redrives an execution, and one more. A payment whose record has expired could be taken twice.
# https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
LONGEST_WAIT = timedelta(days=14)


class UnreadableMessage(ValueError):  # noqa: N818 - reads as what it is
    """A queue's message is no accepted order. The error names its fields, and no content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMessage:
    """An accepted order on its way to the workflow; `order` is the document of what the client posted."""

    request_id: str
    client_id: str
    received_at: str
    order: dict[str, Any]

    @classmethod
    def read(cls, text: str) -> OrderMessage:
        """Return what a queue's message holds; raise `UnreadableMessage`.

        Unknown fields are ignored: a message of a newer version may meet an older function during a
        deployment.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            raise UnreadableMessage("not an order (message: is not JSON)") from None
        faults = [*_faults(content)]
        if faults:
            raise UnreadableMessage(f"not an order ({', '.join(faults[:_FAULTS_TOLD])})")
        return cls(**{field.name: content[field.name] for field in fields(cls)})

    @property
    def group(self) -> str:
        """The group of the client's messages, in 64 characters: SQS takes 128, and a client ID may have more.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
        """
        return hashlib.sha256(self.client_id.encode()).hexdigest()

    def text(self) -> str:
        """Return the message as compact JSON."""
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False)

    def execution_input(self, message_id: str) -> dict[str, Any]:
        """Return what the order's execution starts with: the message, and the ID that SQS gave it."""
        return {**asdict(self), "message_id": message_id}


def execution_name(request_id: str) -> str:
    """Return the one name that an order's execution can have.

    It starts with the request ID, for people, and ends with its digest: request IDs may hold characters
    that a name may not, and two of them must never meet in one name.
    """
    digest = hashlib.sha256(request_id.encode()).hexdigest()[:_DIGEST_LENGTH]
    readable = _UNSAFE.sub("_", request_id)[: _LONGEST_NAME - _DIGEST_LENGTH - 1]
    return f"{readable}-{digest}"


def why_too_late(message: OrderMessage, now: datetime) -> str | None:
    """Return why an order must not start any more, or None where it may."""
    try:
        accepted_at = datetime.fromisoformat(message.received_at)
        is_late = now - accepted_at > LONGEST_WAIT
    except (TypeError, ValueError):  # a time without a zone, or none at all
        return "received_at is not a timestamp"
    return f"accepted more than {LONGEST_WAIT.days} days ago, at {message.received_at}" if is_late else None


def _faults(content: object) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "message: is not an object"
        return
    yield from differences(content, OrderMessage)
    if isinstance(content.get("order"), dict):
        yield from faults_of(content["order"])
