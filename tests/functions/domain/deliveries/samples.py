"""Rows, signals and states to begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.domain.deliveries.publication import publishing
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.signal import Signal, SignalKind, kind_of
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import WebhookState

T0 = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
TIMING = Timing(delays_seconds=(7_200, 18_000))


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def row(**changes: Any) -> Row:
    """An owed row."""
    fields: dict[str, Any] = {
        "webhook_id": "wh_1",
        "event_id": "e1",
        "event_time": "2026-11-25T09:30:00.000Z",
        "client_id": "c1",
        "registration": "r1",
        "event_type": "order.paid",
        "subject": "order-1",
        "document_md5": "md5-e1",
        "state": RowState.OWED,
        "trigger": Trigger.ORDER,
        "created_at": T0,
    }
    return Row(**(fields | changes))


def pending(**changes: Any) -> Row:
    """A row whose event was published for the first time."""
    return publishing(row(**changes), T0, TIMING)


def state(**changes: Any) -> WebhookState:
    return WebhookState(**({"client_id": "c1", "webhook_id": "wh_1", "registration": "r1"} | changes))


def attempted(
    status: int | None, *, seconds: float = 1, attempt: int = 1, message: str = "m1", **changes: Any
) -> Signal:
    """The log entry of an attempt of a first publication."""
    fields: dict[str, Any] = {
        "kind": kind_of(status, succeeded=True),
        "webhook_id": "wh_1",
        "sns_message_id": message,
        "at": at(seconds),
        "published_at": T0,
        "claim": "first#e1",
        "status": status,
        "attempt": attempt,
    }
    return Signal(**(fields | changes))


def dead_lettered(*, seconds: float = 3_000, message: str = "m1", claim: str | None = "first#e1") -> Signal:
    return Signal(
        kind=SignalKind.DEAD_LETTERED, webhook_id="wh_1", sns_message_id=message, at=at(seconds), claim=claim
    )
