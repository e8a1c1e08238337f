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
from ops.errors import NothingFound
from ops.logs import LogLine
from ops.target import Target
from ops.trace.deliveries import place_of
from ops.trace.entry import Entry
from ops.trace.following import Following, following
from ops.trace.reading import read_sources
from ops.trace.sources import Sources
from ops.trace.timeline import build_timeline, notes_of

ReadAttempts = Callable[[Sources], Sequence[Attempt]]

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
    following: Sequence[Following]
    """What happens next, or what has to be done."""
    places: Mapping[str, str]
    """What the client's webhooks call, by their IDs."""
    is_sent: bool
    """Whether SNS is delivering the event."""
    redrivable: bool

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens for a while unless somebody does something."""
        return not self.is_sent and all(
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
    attempts = read_attempts(sources)
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
        following=following(sources, _next_attempts(attempts)),
        places={each.webhook_id: place_of(each.endpoint_url) for each in sources.webhooks},
        is_sent=any(row.state is RowState.PENDING for row in sources.rows),
        redrivable=any(each.redrivable for each in sources.executions),
    )


def read_definition(target: Target) -> Mapping[str, Any]:
    """Return the definition of the order workflow."""
    machine = target.output("state_machine_arn")
    answer = target.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    definition: Mapping[str, Any] = json.loads(answer["definition"])
    return definition


def _next_attempts(attempts: Sequence[Attempt]) -> dict[str, datetime]:
    """Return when SNS makes the next attempt at each webhook, where it says so."""
    last = {each.webhook_id: each for each in attempts}
    return {
        webhook_id: each.next_at
        for webhook_id, each in last.items()
        if webhook_id is not None and each.next_at is not None
    }


def _event(order: Mapping[str, Any] | None) -> str:
    if order is None or order.get("status") == "pending":
        return ""
    document = order_event(order).document
    return json.dumps(document, indent=2, ensure_ascii=False)
