"""Rows whose deadline has passed, and signals that a run finds or derives for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from functions.domain.deliveries.health import apply_health
from functions.domain.deliveries.outcome import apply
from functions.domain.deliveries.row import Row, RowState
from functions.domain.deliveries.serving.run_context import RunContext
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.webhook_state import Recipient


def is_overdue(row: Row, now: datetime) -> bool:
    """Whether a row still waits for a signal that should have come."""
    return row.state is RowState.PENDING and row.deadline_at is not None and row.deadline_at <= now


def change_overdue(context: RunContext, row: Row, change: Callable[[Row], Row]) -> Row:
    """Change a row, unless a signal is faster."""
    now = context.clock()
    return context.change_row(row, lambda each: change(each) if is_overdue(each, now) else each)


def apply_late(context: RunContext, row: Row, recipient: Recipient, signal: Signal) -> Row:
    """Apply a signal as record_deliveries does, but with the work before the row: nobody repeats it."""
    now = context.clock()
    change = apply(row, signal, context.timing)
    if change.attempt is not None:
        context.deliveries.put_attempt(row, change.attempt)
    if change.work_at is not None:
        context.wake(recipient, change.work_at)
    saved = context.change_row(row, lambda each: apply(each, signal, context.timing).row)
    context.change_health(row.webhook_id, lambda state: apply_health(state, saved, signal, now))
    return saved
