"""A stack's status as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from functions.domain.instant import timestamp
from ops.instants import span
from ops.records import Records
from ops.redrive import table_of_executions
from ops.status.facts import Status
from ops.tables import KnownWebhook


def render(found: Status, concerns: Sequence[str], name: str) -> list[RenderableType]:
    """Return what is printed of a status: what needs attention comes last."""
    answered = "healthy" if found.health == 200 else f"answers {found.health or 'nothing'}"
    return [
        Text.assemble((name, "bold"), f": {found.api_endpoint} {answered}"),
        _queues(found),
        *_webhooks(found),
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


def _webhooks(found: Status) -> Iterator[RenderableType]:
    plural = "" if found.webhook_count == 1 else "s"
    counts = (
        f"{found.webhook_count} webhook{plural}: {len(found.pending)} pending, {len(found.failing)} failing"
    )
    yield Text(counts)
    rows = [*_rows("pending", found.pending), *_rows("failing", found.failing)]
    if rows:
        yield Records(("status", "client", "webhook", "calls"), rows, "")


def _rows(status: str, webhooks: Sequence[KnownWebhook]) -> Iterator[tuple[str, str, str, str]]:
    for each in webhooks:
        yield each.status if status == "failing" else status, each.client_id, each.webhook_id, each.shown_url


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
