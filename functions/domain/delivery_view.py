"""Deliveries as a webhook's owner sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from functions.domain.deliveries.row import Attempt, Reason, Row, RowState, Trigger
from functions.domain.instant import optional_timestamp, timestamp
from functions.domain.timestamp import Timestamp

DeliveryStatus = Literal["owed", "pending", "retrying", "delivered", "dead"]
DELIVERY_STATUSES: tuple[str, ...] = get_args(DeliveryStatus)

# A function may answer with 6 MB, a list has up to 100 deliveries, and one has up to 300 attempts of about
# 700 bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LISTED_ATTEMPTS = 20


class AttemptView(BaseModel):
    """One request to the webhook, as SNS has logged it: `status_code` is null where there was no answer.

    Where SNS logs one entry for a delivery, it is the last attempt of its publication, and `number` counts
    the earlier ones too.
    """

    model_config = ConfigDict(frozen=True)

    sns_message_id: str
    number: Annotated[int, Field(description="Of this publication, from 1.")]
    at: Timestamp
    status_code: int | None
    response: str
    duration_ms: int | None


class DeliveryView(BaseModel):
    """An event at a webhook.

    `owed` waits for its first publication, `pending` for SNS, and `retrying` for `next_attempt_at`; at a
    webhook that is failing, paused, disabled or unconfirmed, for the end of that.
    `subject` is the order's request ID.
    `attempts` has what SNS has logged, the oldest first: each attempt, or the last one of each publication.
    A list shows the newest 20 of each delivery; GET /webhooks/{webhook_id}/deliveries/{event_id} shows all.
    """

    model_config = ConfigDict(frozen=True)

    webhook_id: str
    event_id: str
    event_type: str
    event_time: Timestamp
    subject: str
    status: DeliveryStatus
    trigger: Annotated[Trigger, Field(description="Why the event was published last.")]
    reason: Annotated[Reason | None, Field(description="Why it is retrying or dead.")]
    attempts: list[AttemptView]
    next_attempt_at: Timestamp | None
    delivered_at: Timestamp | None
    dead_at: Timestamp | None


class DeliveryDetail(DeliveryView):
    """A delivery with the event as it is published: null where it is no longer stored."""

    event: dict[str, Any] | None


def delivery_view(row: Row, attempts: Sequence[Attempt]) -> DeliveryView:
    """Return what a list of the API shows of a row with its attempts."""
    return DeliveryView.model_validate(_fields(row, attempts[-_LISTED_ATTEMPTS:]))


def delivery_detail(row: Row, attempts: Sequence[Attempt], event: dict[str, Any] | None) -> DeliveryDetail:
    """Return what the API shows of one delivery."""
    return DeliveryDetail.model_validate({**_fields(row, attempts), "event": event})


def known_attempts(row: Row, stored: Iterable[Attempt]) -> list[Attempt]:
    """Return every attempt that is known, the oldest first: a first success is on the row alone."""
    on_row = [each for each in (row.last_attempt, row.delivered) if each is not None]
    found = {(each.sns_message_id, each.number): each for each in [*on_row, *stored]}
    return sorted(found.values(), key=lambda each: (each.at, each.number))


def _fields(row: Row, attempts: Sequence[Attempt]) -> dict[str, Any]:
    return {
        "webhook_id": row.webhook_id,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "event_time": row.event_time,
        "subject": row.subject,
        "status": row.state.value,
        "trigger": row.trigger,
        "reason": row.reason,
        "attempts": [_attempt_view(each) for each in attempts],
        "next_attempt_at": optional_timestamp(row.due_at) if row.state is RowState.RETRYING else None,
        "delivered_at": optional_timestamp(row.delivered_at),
        "dead_at": optional_timestamp(row.dead_at),
    }


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        sns_message_id=attempt.sns_message_id,
        number=attempt.number,
        at=timestamp(attempt.at),
        status_code=attempt.status,
        response=attempt.response,
        duration_ms=attempt.duration_ms,
    )
