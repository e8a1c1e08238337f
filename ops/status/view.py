"""A stack's status as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from functions.domain.instant import timestamp
from ops.instants import span
from ops.records import Records
from ops.redrive import table_of_executions
from ops.status.facts import Status
from ops.webhooks.view import records_of
from ops.words import number_of


def render(found: Status, concerns: Sequence[str], name: str, now: datetime) -> list[RenderableType]:
    """Return what is printed of a status: what needs attention comes last."""
    answered = "healthy" if found.health == 200 else f"answers {found.health or 'nothing'}"
    return [
        Text.assemble((name, "bold"), f": {found.api_endpoint} {answered}"),
        _queues(found),
        *_moving(found),
        *_webhooks(found, now),
        *_failures(found),
        *_verdict(concerns),
    ]


def _queues(found: Status) -> RenderableType:
    rows = [
        (
            each.queue,
            str(each.ready),
            str(each.hidden),
            ""
            if not each.total
            else span(each.oldest_seconds)
            if each.oldest_seconds is not None
            else "not known",
        )
        for each in found.queues
    ]
    return Records(("queue", "ready", "hidden", "oldest"), rows, "Queues")


def _moving(found: Status) -> Iterator[RenderableType]:
    states = [f"{each.function} on {each.queue}: {each.state}" for each in found.mappings]
    if found.schedule is not None:
        states.append(f"redeliver every minute: {found.schedule.state}")
    for each in states:
        yield Text(each)


def _webhooks(found: Status, now: datetime) -> Iterator[RenderableType]:
    counts = Counter(each.webhook.status.replace("_", " ") for each in found.webhooks)
    active = found.webhook_count - len(found.webhooks)
    counted = ", ".join([f"{active} active", *(f"{number} {status}" for status, number in counts.items())])
    yield Text(f"Webhooks: {counted}; {number_of(found.dead, 'delivery')} given up in seven days")
    if found.webhooks:
        yield records_of(found.webhooks, now)


def _failures(found: Status) -> Iterator[RenderableType]:
    if found.alarms:
        alarms = [(each.name, each.description, timestamp(each.since)) for each in found.alarms]
        yield Records(("alarm", "description", "since"), alarms, "Alarms")
    if found.failed_executions:
        yield table_of_executions(found.failed_executions, "Failed executions")


def _verdict(concerns: Sequence[str]) -> Iterator[RenderableType]:
    if not concerns:
        yield Text("Nothing needs attention.", style="green")
    for concern in concerns:
        yield Text(f"! {concern}", style="red")
