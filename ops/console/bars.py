"""An order's way as bars: a lane for each part of the service, a bar for each try and each wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.domain.deliveries.row import RowState
from functions.domain.log_record import LogField, Outcome
from ops.console.attempts import Attempt
from ops.console.states import StateRun, state_runs
from ops.instants import span
from ops.trace.deliveries import place_of
from ops.trace.entry import Mark
from ops.trace.intake_state import ACCEPT, START
from ops.trace.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Something that took time. Without an `end` it is not over."""

    start: datetime
    end: datetime | None
    mark: Mark
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The bars of one part of the service; `webhook_id` where it is a webhook."""

    name: str
    bars: Sequence[Bar] = field(default_factory=tuple)
    webhook_id: str | None = None


def build_lanes(sources: Sources, attempts: Sequence[Attempt]) -> list[Lane]:
    """Return the lanes of an order, in the order of its way."""
    lanes = [
        Lane(name="API", bars=list(_accepted(sources))),
        Lane(name="Queue", bars=list(_queued(sources))),
        *_states(sources),
        *_webhooks(sources, attempts),
    ]
    return [lane for lane in lanes if lane.bars]


def moments_of(lanes: Sequence[Lane], at: datetime) -> list[datetime]:
    """Return every instant at which a bar begins or ends; one that is not over ends now."""
    bars = [bar for lane in lanes for bar in lane.bars]
    return [moment for bar in bars for moment in (bar.start, bar.end or max(at, bar.start))]


def _accepted(sources: Sources) -> Iterator[Bar]:
    for line in sources.lines_of(ACCEPT):
        status = line.get(LogField.STATUS)
        is_done = line.get(LogField.OUTCOME) == Outcome.DONE
        repeated = "" if line.get(LogField.REQUEST_ID) == sources.request_id else ", posted again"
        yield Bar(
            start=line.began_at,
            end=line.time,
            mark="ok" if is_done else "failed",
            label=f"{status} in {span(line.duration_ms / 1000)}{repeated}",
        )


def _queued(sources: Sources) -> Iterator[Bar]:
    accepted = [line for line in sources.lines_of(ACCEPT) if line.get(LogField.OUTCOME) == Outcome.DONE]
    taken = sources.lines_of(START)
    began = accepted[0].time if accepted else None
    for line in taken:
        if began is not None and line.began_at > began:
            yield _wait(began, line.began_at, "on the queue")
        done = line.get(LogField.OUTCOME) in (Outcome.STARTED, Outcome.STARTED_BEFORE)
        label = "execution started" if done else "not started, it stays on the queue"
        yield Bar(start=line.began_at, end=line.time, mark="ok" if done else "retry", label=label)
        began = None if done else line.time
    if began is not None and not sources.executions and (accepted or taken) and _is_open(sources):
        yield _wait(began, None, "on the queue")


def _is_open(sources: Sources) -> bool:
    return sources.order is None or sources.order.get("status") == "pending"


def _states(sources: Sources) -> Iterator[Lane]:
    lanes: dict[str, list[Bar]] = {}
    for run in state_runs(sources):
        bars = lanes.setdefault(run.state, [])
        if bars and (previous := bars[-1].end) is not None and bars[-1].mark == "retry":
            bars.append(_wait(previous, run.start, f"waits {_length(previous, run.start)}"))
        bars.append(Bar(start=run.start, end=run.end, mark=run.mark, label=_run_label(run)))
    for name, bars in lanes.items():
        yield Lane(name=name, bars=bars)


def _run_label(run: StateRun) -> str:
    tries = f"attempt {run.attempt}" if run.attempt > 1 or run.mark != "ok" else "done"
    took = f" in {_length(run.start, run.end)}" if run.end else ", running"
    return f"{tries}{took}" + (f": {run.error}" if run.error else "")


def _webhooks(sources: Sources, attempts: Sequence[Attempt]) -> Iterator[Lane]:
    known = {each.webhook_id: each for each in sources.webhooks}
    named = dict.fromkeys(each.webhook_id or each.place for each in attempts)
    waiting = [row.webhook_id for row in sources.rows if row.webhook_id not in named]
    for key in [*named, *waiting]:
        own = [each for each in attempts if (each.webhook_id or each.place) == key]
        bars = [*_attempt_bars(own), *_row_waits(sources, key, is_tried=bool(own))]
        webhook = known.get(key)
        # A deleted webhook's URL is gone; its ID is not.
        name = place_of(webhook.endpoint_url) if webhook else key
        yield Lane(
            name=name, bars=sorted(bars, key=lambda bar: bar.start), webhook_id=key if webhook else None
        )


def _attempt_bars(attempts: Sequence[Attempt]) -> Iterator[Bar]:
    for place, attempt in enumerate(attempts):
        answered = str(attempt.status) if attempt.status else "no answer"
        tries = f"attempt {attempt.number}" if attempt.of == 1 else f"{attempt.of} attempts, the last"
        yield Bar(
            start=attempt.started_at,
            end=attempt.ended_at,
            mark=attempt.mark,
            label=f"{tries}: {answered}",
        )
        following = attempts[place + 1] if place + 1 < len(attempts) else None
        if attempt.mark != "retry":
            continue
        if following is not None:
            waited = _length(attempt.ended_at, following.started_at)
            yield _wait(attempt.ended_at, following.started_at, f"waits {waited}")
        else:
            yield _wait(attempt.ended_at, attempt.next_at, "until the next attempt")


def _row_waits(sources: Sources, webhook_id: str, *, is_tried: bool) -> Iterator[Bar]:
    """Yield what a webhook's row waits for: SNS's first attempt, or a publication."""
    for row in sources.rows:
        if row.webhook_id != webhook_id:
            continue
        if row.state is RowState.PENDING and not is_tried:
            yield _wait(row.claimed_at or row.created_at, None, "SNS is delivering")
        elif row.is_due_listed:
            begins = row.failed_at or row.created_at
            label = "until it is published again" if row.due_at else "waits for its webhook"
            end = max(row.due_at, begins) if row.due_at else None
            yield _wait(begins, end, label)


def _wait(start: datetime, end: datetime | None, label: str) -> Bar:
    return Bar(start=start, end=end, mark="waiting", label=label)


def _length(start: datetime, end: datetime | None) -> str:
    return span(max(0.0, (end - start).total_seconds())) if end else ""
