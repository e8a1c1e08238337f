"""What the table of webhooks shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.adapters.topic_usage import Place, usage_of
from functions.domain.deliveries.row import Row, RowState
from ops.deliveries import RowsPage, rows_of_webhook
from ops.parallel import in_parallel
from ops.tables import all_webhooks
from ops.target import Target
from ops.webhooks.reading import WebhookHealth, health_of

_LENGTH = timedelta(days=1)
_BUCKETS = 12
# The newest rows of so many webhooks are read for their success rates.
_MOST_WEBHOOKS = 50
_MOST_ROWS = 200
_BLOCKS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"
_NOT_READ = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSummary:
    """A webhook with its health, and what became of the last day's events.

    `success` is a rate with a curve, and `open` how many have not ended; both are "" where there is nothing
    to say, and say so where not all were read.
    """

    health: WebhookHealth
    success: str
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksReading:
    """Every webhook, those that need attention first, and how full the topics are."""

    webhooks: Sequence[WebhookSummary]
    topics: Sequence[Place]


def read_webhooks(target: Target) -> WebhooksReading:
    """Read every webhook and topic."""
    return WebhooksReading(webhooks=_summaries(target), topics=_topics(target))


def _topics(target: Target) -> list[Place]:
    client = target.client("sns")
    return in_parallel(lambda arn: usage_of(client, arn), target.output("topic_arns"))


def _summaries(target: Target) -> list[WebhookSummary]:
    known = health_of(target, all_webhooks(target))
    since = target.now() - _LENGTH

    def summary(health: WebhookHealth) -> WebhookSummary:
        page = rows_of_webhook(target, health.webhook.webhook_id, _MOST_ROWS, since=since)
        return summary_of(health, page, since)

    unread = [
        WebhookSummary(health=each, success=_NOT_READ, open=_NOT_READ) for each in known[_MOST_WEBHOOKS:]
    ]
    return [*in_parallel(summary, known[:_MOST_WEBHOOKS]), *unread]


def summary_of(health: WebhookHealth, page: RowsPage, since: datetime) -> WebhookSummary:
    """Return what a table shows of a webhook whose rows were read from the newest on."""
    success = success_of(page.rows, since)
    number = sum(row.is_open for row in page.rows)
    if page.next is None:
        return WebhookSummary(health=health, success=success, open=str(number or ""))
    return WebhookSummary(
        health=health, success=f"{success} of the newest {len(page.rows)}".strip(), open=f"{number}+"
    )


def success_of(rows: Sequence[Row], since: datetime) -> str:
    """Return how many of the ended deliveries were taken, and the same for each two hours as a curve."""
    ended = [row for row in rows if row.state in (RowState.DELIVERED, RowState.DEAD) or row.reason]
    if not ended:
        return ""
    buckets: list[list[bool]] = [[] for _ in range(_BUCKETS)]
    for row in ended:
        place = int((row.created_at - since) / (_LENGTH / _BUCKETS))
        buckets[min(max(place, 0), _BUCKETS - 1)].append(row.state is RowState.DELIVERED)
    taken = sum(row.state is RowState.DELIVERED for row in ended)
    return f"{100 * taken / len(ended):.0f} % {''.join(map(_block, buckets))}"


def _block(taken: Sequence[bool]) -> str:
    return _BLOCKS[round(sum(taken) / len(taken) * (len(_BLOCKS) - 1))] if taken else _NOTHING
