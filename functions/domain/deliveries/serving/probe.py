"""A failing webhook: one event at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from functions.domain.deliveries.due import is_probe
from functions.domain.deliveries.health import succeed
from functions.domain.deliveries.probing import ProbeResult, passed_after, result_of
from functions.domain.deliveries.row import Row, Trigger
from functions.domain.deliveries.serving.due_scan import DueScan
from functions.domain.deliveries.serving.publisher import publish
from functions.domain.deliveries.serving.run_context import Event
from functions.domain.deliveries.serving.turn import Turn
from functions.domain.deliveries.webhook_state import Probe, Recipient

# An index may list rows that wait no longer.
_CANDIDATES = 20


def probe(turn: Turn, recipient: Recipient) -> datetime | None:
    """Start a probe where none is open; return None, or the present where the webhook has recovered."""
    state = turn.state
    now = turn.context.clock()
    disable_at = (
        None if state.failing_since is None else state.failing_since + turn.context.timing.disable_after
    )
    passed_key = None
    if state.probe is not None:
        row = turn.context.deliveries.find_row(state.webhook_id, state.probe.row_key)
        result = result_of(state.probe, row)
        if result is ProbeResult.OPEN:
            turn.rest(disable_at)
            return None
        if result is ProbeResult.DELIVERED and _recover(turn, row, now):
            return now
        passed_key = passed_after(state.probe, result)
    next_due_at = None
    # After the last row the first is tried again.
    for after in dict.fromkeys((passed_key, None)):
        scan = DueScan(turn.context.schedule, state.webhook_id, after)
        for entry in scan.take(_CANDIDATES, lambda each: is_probe(each, now)):
            if _start(turn, recipient, entry.key, after):
                turn.rest(disable_at)
                return None
        next_due_at = scan.next_due_at
    turn.state = replace(turn.state, probe=None)
    turn.rest(next_due_at, disable_at)
    return None


def _recover(turn: Turn, row: Row | None, now: datetime) -> bool:
    """End `failing` for a success that was stored on the row and not yet, or never, in the state."""
    if row is None or row.delivered_at is None:
        return False
    return turn.apply(succeed(turn.state, row.delivered_at, now))


def _start(turn: Turn, recipient: Recipient, key: str, passed_key: str | None) -> bool:
    context = turn.context
    row = turn.waiting_row(key)
    if row is None:
        return False
    token = context.new_token()
    now = context.clock()
    turn.save(
        replace(
            turn.state,
            work_at=now,
            probe=Probe(row_key=key, token=token, passed_key=passed_key),
        )
    )
    if publish(context, recipient, row, token, Trigger.PROBE) is None:
        return False
    context.report.add(Event.PROBED)
    return True
