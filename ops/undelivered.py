"""`undelivered`: the events that wait for redelivery, and the dead-lettered ones.

Messages on the queue `undelivered` are not received: that would count towards its maximum of a hundred
receives, and would hide them from `redeliver` or make them visible too early
(docs/decisions/0008-redelivery-waits-in-the-queue.md). `redeliver` logs the same facts for each message.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from rich.console import RenderableType
from rich.text import Text

from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField, Outcome
from ops.dead_webhooks import DeadEvent, DeadWebhooks
from ops.errors import ATTENTION, OK
from ops.instants import span
from ops.logs import LogLine, Logs
from ops.queues import Depth, depth_of
from ops.report import Report
from ops.tables import all_webhooks
from ops.target import Target
from ops.trace.events import REDELIVER
from ops.trace.view import table_of

# The queue's retention.
_RETENTION = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An event that waits to be published again to one webhook."""

    client_id: str
    webhook_id: str
    event_type: str
    event_id: str
    request_id: str
    redelivery: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """An event on dead-webhooks, until an operator redelivers it."""

    client_id: str
    webhook_id: str
    event_type: str
    event_id: str
    request_id: str
    dead_since: str


def undelivered(target: Target, options: Namespace) -> Report:
    """Show the events that are not delivered."""
    waiting = [each for each in read_waiting(target) if options.client in (None, each.client_id)]
    given_up = [each for each in _given_up(target) if options.client in (None, each.client_id)]
    depth = depth_of(target, "undelivered")
    notes = _notes(waiting, depth) if options.client is None else []
    return Report(
        document={
            "waiting": [asdict(each) for each in waiting],
            "given_up": [asdict(each) for each in given_up],
            "queue": {"ready": depth.ready, "hidden": depth.hidden},
            "notes": notes,
        },
        views=_views(waiting, given_up, notes),
        code=ATTENTION if given_up else OK,
    )


def read_waiting(target: Target) -> list[Waiting]:
    """Return the waiting events from `redeliver`'s log, by client, webhook and time."""
    lines = Logs(target).of_function(REDELIVER, {LogField.MESSAGE: [REDELIVER]}, now() - _RETENTION)
    return waiting_of(lines)


def waiting_of(lines: Iterable[LogLine]) -> list[Waiting]:
    """Return the events that wait according to their last log record."""
    last: dict[tuple[object, object], LogLine] = {}
    for line in sorted(lines, key=lambda line: line.time):
        # After an error the message is received again.
        if line.get(LogField.OUTCOME) != Outcome.ERROR:
            last[line.get(LogField.EVENT_ID), line.get(LogField.WEBHOOK_ID)] = line
    waiting = [_waiting(line) for line in last.values() if line.get(LogField.OUTCOME) == Outcome.WAITING]
    return sorted(waiting, key=lambda each: (each.client_id, each.webhook_id, each.due_at))


def _waiting(line: LogLine) -> Waiting:
    return Waiting(
        client_id=str(line.get(LogField.CLIENT_ID)),
        webhook_id=str(line.get(LogField.WEBHOOK_ID)),
        event_type=str(line.get(LogField.EVENT_TYPE)),
        event_id=str(line.get(LogField.EVENT_ID)),
        request_id=str(line.get(LogField.REQUEST_ID)),
        redelivery=int(line.get(LogField.REDELIVERIES) or 0) + 1,
        due_at=line.time + timedelta(seconds=int(line.get(LogField.WAIT_SECONDS) or 0)),
    )


def _given_up(target: Target) -> list[GivenUp]:
    events = DeadWebhooks.of(target).look()
    webhooks = {each.subscription_arn: each.webhook_id for each in all_webhooks(target)} if events else {}
    found = [_dead(event, webhooks.get(event.subscription_arn, "")) for event in events]
    return sorted(found, key=lambda each: (each.client_id, each.webhook_id, each.dead_since))


def _dead(event: DeadEvent, webhook_id: str) -> GivenUp:
    return GivenUp(
        client_id=event.client_id,
        webhook_id=webhook_id,
        event_type=event.event_type,
        event_id=event.event_id,
        request_id=event.request_id,
        dead_since=event.dead_since,
    )


def _notes(waiting: Sequence[Waiting], depth: Depth) -> list[str]:
    """Explain a difference between the log and the queue's approximate count."""
    missing = depth.total - len(waiting)
    if missing <= 0:
        return []
    told = (
        f"The queue has about {depth.total} messages, redeliver's log has {len(waiting)} of them. The others "
        "are new, or older than the log's retention (log_retention_days), or redeliver is not running (see "
        "`status`)."
    )
    return [told]


def _views(
    waiting: Sequence[Waiting], given_up: Sequence[GivenUp], notes: Sequence[str]
) -> list[RenderableType]:
    views: list[RenderableType] = []
    titles = ("client", "webhook", "event", "order", "event ID")
    if waiting:
        rows = [(*_row(each), _due(each)) for each in waiting]
        views.append(table_of((*titles, "next publication"), rows, f"Waiting for redelivery: {len(waiting)}"))
    if given_up:
        rows = [(*_row(each), each.dead_since) for each in given_up]
        views.append(table_of((*titles, "since"), rows, f"Dead-lettered, on dead-webhooks: {len(given_up)}"))
    if not views:
        views.append("No event is waiting for redelivery, and none is dead-lettered.")
    return [*views, *(Text(f"note: {note}", style="dim") for note in notes)]


def _row(event: Waiting | GivenUp) -> tuple[str, ...]:
    return event.client_id, event.webhook_id, event.event_type, event.request_id, event.event_id


def _due(event: Waiting) -> str:
    left = (event.due_at - now()).total_seconds()
    when = f"in {span(left)}" if left > 0 else "now"
    return f"{when}, for the {_ordinal(event.redelivery)} time ({timestamp(event.due_at)})"


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
