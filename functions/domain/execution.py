"""Executions: what the queue carries and what a workflow starts with."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from functions.domain.order import Item, OrderRequest

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


class OrderMessage(BaseModel):
    """An accepted order on its way to the workflow.

    Unknown fields are ignored: a message of a newer version may meet an older function during a deployment.
    """

    model_config = ConfigDict(frozen=True)

    request_id: str
    client_id: str
    received_at: str
    order: OrderRequest


class ExecutionInput(OrderMessage):
    """What an execution starts with: the order, the SQS message ID and the request ID."""

    message_id: str

    @classmethod
    def of(cls, message: OrderMessage, message_id: str) -> ExecutionInput:
        """Join a queue message and the ID that SQS gave it."""
        return cls(message_id=message_id, **dict(message))

    def document(self) -> dict[str, Any]:
        """Return the input as JSON-able data."""
        return self.model_dump()


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


def why_unreadable(error: ValidationError) -> str:
    """Return what keeps a queue's message from being an order: fields and rules, nothing of its content."""
    fields = {*OrderMessage.model_fields, *OrderRequest.model_fields, *Item.model_fields}
    told = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False)[:_FAULTS_TOLD]:
        place = ".".join(str(part) for part in fault["loc"] if isinstance(part, int) or part in fields)
        told.append(f"{place or 'message'}: {fault['type']}")
    return f"not an order ({', '.join(told)})"
