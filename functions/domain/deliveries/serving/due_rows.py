"""An active webhook: its due rows are published, oldest event first, at a bounded rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from functions.domain.deliveries.due import is_due, trigger_of
from functions.domain.deliveries.rate import count_late, reserve
from functions.domain.deliveries.serving.publisher import publish
from functions.domain.deliveries.serving.turn import Turn
from functions.domain.deliveries.webhook_state import Recipient

_ROWS_A_TURN = 20


def serve(turn: Turn, recipient: Recipient) -> datetime | None:
    """Publish some rows; return when more can be, or None where nothing is due."""
    context, state, now = turn.context, turn.state, turn.context.clock()
    entries = turn.scan.take(
        _ROWS_A_TURN, lambda entry: entry.key not in turn.done and is_due(entry, state, now)
    )
    if not entries:
        turn.rest(turn.scan.next_due_at)
        return None
    granted, reserved, next_at = reserve(state, len(entries), now, context.timing.max_per_minute)
    turn.scan.put_back(entries[granted:])
    if granted:
        # Before the publications, so that a function that is killed has not exceeded the rate. The webhook
        # goes to the end of the line.
        turn.save(replace(reserved, work_at=now))
    published = list(_published(turn, recipient, [entry.key for entry in entries[:granted]]))
    if published:
        turn.state, later = count_late(turn.state, published, context.timing.max_per_minute)
        return max(next_at, later)
    return next_at


def _published(turn: Turn, recipient: Recipient, keys: Sequence[str]) -> Iterator[datetime]:
    """Publish rows, and return when each was published."""
    context = turn.context
    for key in keys:
        if context.is_over:
            break
        turn.done.add(key)
        row = turn.waiting_row(key)
        if row is not None and publish(context, recipient, row, context.new_token(), trigger_of(row)):
            yield context.clock()
