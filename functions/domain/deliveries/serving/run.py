"""A run: the lease, then the deadlines, then the webhooks that have work, in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.deliveries.serving.deadlines import Deadlines
from functions.domain.deliveries.serving.run_context import RunContext
from functions.domain.deliveries.serving.visit import Visit

# Of a run of 50 seconds; the next run continues.
_DEADLINES_SECONDS = 15.0
# A run that was killed holds the lease for little longer than it could have lasted.
_LEASE_MARGIN = timedelta(seconds=10)

TakeTurns = Callable[[Callable[[Visit], datetime | None], Sequence[Visit]], Iterable[datetime | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """How a run takes the turns of a round (`map`, or an executor's) and how it waits for the next round."""

    take_turns: TakeTurns
    sleep: Callable[[float], None]


def run(context: RunContext, machinery: Machinery, holder: str) -> bool:
    """Serve what is due until the run's time is used up; return False where another run has the lease."""
    now = context.clock()
    until = now + timedelta(seconds=context.seconds_left()) + _LEASE_MARGIN
    if not context.schedule.acquire_lease(holder, now, until):
        return False
    try:
        _process_deadlines(context)
        _serve(context, machinery)
        context.report.silent_percent = context.counters.signal_counts(context.clock()).silent_percent
    finally:
        context.schedule.release_lease(holder)
    return True


def _process_deadlines(context: RunContext) -> None:
    try:
        Deadlines(context).process(_DEADLINES_SECONDS)
    except Exception as error:  # noqa: BLE001 - the webhooks are served whatever is wrong with the deadlines
        context.report.fail(error)


def _serve(context: RunContext, machinery: Machinery) -> None:
    """Give each webhook its turns, round by round: much work of one delays the others by a turn."""
    now = context.clock()
    due = context.schedule.due_webhooks(now)
    context.report.behind_seconds = max(((now - since).total_seconds() for _, since in due), default=0.0)
    waiting = [(Visit(context, webhook_id), now) for webhook_id, _ in due]
    while waiting and not context.is_over:
        now = context.clock()
        ready = [visit for visit, at in waiting if at <= now]
        if not ready:
            seconds = (min(at for _, at in waiting) - now).total_seconds()
            machinery.sleep(min(seconds, context.seconds_left()))
            continue
        turns = machinery.take_turns(lambda visit: _take(context, visit), ready)
        later = [(visit, at) for visit, at in waiting if at > now]
        waiting = later + [(visit, at) for visit, at in zip(ready, turns, strict=True) if at is not None]


def _take(context: RunContext, visit: Visit) -> datetime | None:
    """Take one turn; an error ends this webhook's part of the run and no other's."""
    if context.is_over:
        return None
    try:
        return visit.turn()
    except Exception as error:  # noqa: BLE001 - see above
        context.report.fail(error)
        return None
