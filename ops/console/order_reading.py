"""What the page of one order shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.domain.deliveries.row import RowState
from functions.domain.event import order_event
from ops.console.attempts import Attempt
from ops.console.bars import Lane, build_lanes
from ops.console.graph import Picture, state_graph
from ops.console.states import state_runs
from ops.console.words import number_of
from ops.delivery_text import reason_of
from ops.errors import NothingFound
from ops.logs import LogLine
from ops.target import Target
from ops.trace.entry import Entry
from ops.trace.reading import read_sources
from ops.trace.sources import Sources
from ops.trace.timeline import build_timeline, notes_of

ReadAttempts = Callable[[Target, Sources], Sequence[Attempt]]

# How far to search the logs for an order that is not in the table: one that was refused.
_REFUSED_SINCE = timedelta(days=1)
# Never shown: what a client's customer pays with.
_HIDDEN = ("payment_method",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReading:
    """One order at one moment."""

    request_id: str
    read_at: datetime
    order: Mapping[str, Any]
    lanes: Sequence[Lane]
    graph: Picture
    entries: Sequence[Entry]
    notes: Sequence[str]
    lines: Sequence[LogLine]
    event: str
    """The event's document, "" before there is an outcome."""
    next: str
    """What happens next, or what has to be done."""
    next_at: datetime | None
    redrivable: bool

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens unless somebody does something."""
        return all(
            bar.end is not None and bar.end <= self.read_at for lane in self.lanes for bar in lane.bars
        )


def read_order(target: Target, request_id: str, read_attempts: ReadAttempts) -> OrderReading:
    """Read one order from every source; raise `NothingFound` where none has it."""
    sources = read_sources(target, request_id, _REFUSED_SINCE)
    if sources.is_empty:
        raise NothingFound(
            f"{target.name} has no order {request_id}. Is it the right stack? An order that was refused more "
            "than a day ago is found by `python -m ops trace` with --since 14d."
        )
    attempts = read_attempts(target, sources)
    following, following_at = next_of(sources, attempts)
    return OrderReading(
        request_id=request_id,
        read_at=sources.read_at,
        order={name: value for name, value in (sources.order or {}).items() if name not in _HIDDEN},
        lanes=build_lanes(sources, attempts),
        graph=state_graph(read_definition(target), state_runs(sources)),
        entries=build_timeline(sources),
        notes=notes_of(sources),
        lines=sorted(sources.lines, key=lambda line: line.time),
        event=_event(sources.order),
        next=following,
        next_at=following_at,
        redrivable=any(each.redrivable for each in sources.executions),
    )


def read_definition(target: Target) -> Mapping[str, Any]:
    """Return the definition of the order workflow."""
    machine = target.output("state_machine_arn")
    answer = target.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    definition: Mapping[str, Any] = json.loads(answer["definition"])
    return definition


def next_of(sources: Sources, attempts: Sequence[Attempt]) -> tuple[str, datetime | None]:
    """Return what happens next, and when where that is known."""
    for execution in sources.executions:
        if execution.status in ("FAILED", "TIMED_OUT", "ABORTED"):
            can = "Fix the cause, then redrive it." if execution.redrivable else "See the runbook."
            return f"The execution is {execution.status}. {can}", None
    if sources.order is None and not sources.executions:
        return "The order was not accepted: nothing more happens.", None
    if any(each.status == "RUNNING" for each in sources.executions):
        last = state_runs(sources)
        return f"The workflow is at {last[-1].state if last else 'its start'}.", None
    return _next_delivery(sources, attempts)


def _next_delivery(sources: Sources, attempts: Sequence[Attempt]) -> tuple[str, datetime | None]:
    due = [row for row in sources.rows if row.is_due_listed]
    if due:
        soonest_row = min(due, key=lambda row: row.due_at or sources.read_at)
        when = soonest_row.due_at
        waits = "" if when else " as soon as the webhook receives events"
        return f"The event is published again to {soonest_row.webhook_id}{waits}.", when
    dead = [row for row in sources.rows if row.state is RowState.DEAD]
    if dead:
        dead_ones = number_of(len(dead), "delivery")
        return f"Given up: {dead_ones} ({reason_of(dead[0])}). Redeliver the event.", None
    last = {each.webhook_id or each.place: each for each in attempts}
    retried = [each for each in last.values() if each.outcome == "retry"]
    if retried:
        soonest = min(retried, key=lambda each: each.next_at or sources.read_at + timedelta(days=1))
        return f"SNS tries {soonest.place} again.", soonest.next_at
    failed = [each for each in last.values() if each.outcome == "failed"]
    if failed:
        places = ", ".join(each.place for each in failed)
        return f"SNS has given up on {places}: the event is redelivered by its schedule, or by you.", None
    if last:
        return f"Nothing: the event was delivered to {len(last)} of {len(last)} webhooks.", None
    if (sources.order or {}).get("status") == "pending":
        return "The order waits for its execution.", None
    return "Nothing: no webhook of the client received this event.", None


def _event(order: Mapping[str, Any] | None) -> str:
    if order is None or order.get("status") == "pending":
        return ""
    document = order_event(order).document
    return json.dumps(document, indent=2, ensure_ascii=False)
