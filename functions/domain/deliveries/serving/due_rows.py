"""An active webhook: its due rows are published, oldest event first, at a bounded rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from functions.domain.deliveries.due import is_due, trigger_of
from functions.domain.deliveries.rate import count_late, reserve
from functions.domain.deliveries.serving.publisher import publish
from functions.domain.deliveries.serving.turn import Overtaken, Turn
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
    published: list[datetime] = []
    try:
        _publish(turn, recipient, [entry.key for entry in entries[:granted]], published)
    finally:
        later = _count(turn, published)
    return max(next_at, later or next_at)


def _publish(turn: Turn, recipient: Recipient, keys: Sequence[str], published: list[datetime]) -> None:
    """Publish rows, and add when each was published."""
    context = turn.context
    for key in keys:
        if context.is_over:
            break
        turn.done.add(key)
        row = turn.waiting_row(key)
        if row is None:
            continue
        try:
            published_at = publish(context, recipient, row, context.new_token(), trigger_of(row))
        except Exception:
            # SNS may have published it all the same.
            published.append(context.clock())
            raise
        if published_at is not None:
            published.append(published_at)


def _count(turn: Turn, published: Sequence[datetime]) -> datetime | None:
    """Store what publications that took long have used of the rate; return when the next ones are."""
    if not published:
        return None
    context, rate = turn.context, turn.context.timing.max_per_minute
    counted, later = count_late(turn.state, published, rate)
    if counted != turn.stored:
        try:
            turn.save(counted)
        except Overtaken:
            # The turn keeps the version that it knows, so that the next one scans again.
            context.change_state(turn.state.webhook_id, lambda state: count_late(state, published, rate)[0])
    return later
