"""What the page of one webhook shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from functions.adapters.topic_usage import Place, usage_of
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.row import Row, RowState
from ops.attempt_log.choice import DeliveryQuery, choose
from ops.attempt_log.summary import summary_of
from ops.console.url_filters import UrlFilters, span_of
from ops.deliveries import due_rows, rows_of_webhook
from ops.recover import recoveries_of
from ops.tables import KnownWebhook, require_webhook
from ops.target import Target
from ops.webhooks.reading import health_of

MOST_UPCOMING = 20
_MOST_RECOVERIES = 5
_PAGE = 50
_DELAYS = "redelivery_delays_seconds"
_SUMMARY_LENGTH = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFilters(UrlFilters):
    """What the URL asks for: a webhook's deliveries of a state and a time."""

    path: ClassVar[str] = "/webhook"
    id: str = ""
    state: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReading:
    """One webhook at one moment.

    `deliveries` are the newest, or those from a position on; `upcoming` those that wait for a publication.
    """

    webhook: KnownWebhook
    why: str
    """Why it is not active, "" where it is."""
    read_at: datetime = field(compare=False)
    topic: Place
    deliveries: Sequence[Row]
    next: str | None
    upcoming: Sequence[Row]
    delays_seconds: Sequence[int]
    recoveries: Sequence[RecoverJob]


def read_webhook(target: Target, filters: WebhookFilters) -> WebhookReading:
    """Read one webhook; raise `NothingFound` where there is none."""
    webhook = require_webhook(target, filters.id)
    length = span_of(filters.since)
    page = rows_of_webhook(
        target,
        webhook.webhook_id,
        _PAGE,
        state=filters.state if filters.state in list(RowState) else None,
        since=None if length is None else target.now() - length,
        before=filters.position or None,
    )
    return WebhookReading(
        webhook=webhook,
        why=health_of(target, [webhook])[0].reason,
        read_at=target.now(),
        topic=usage_of(target.client("sns"), webhook.topic_arn or target.output("topic_arn")),
        deliveries=page.rows,
        next=page.next,
        upcoming=due_rows(target, webhook.webhook_id, MOST_UPCOMING),
        delays_seconds=target.outputs.get(_DELAYS, ()),
        recoveries=recoveries_of(target, webhook.webhook_id, _MOST_RECOVERIES),
    )


def read_summary(target: Target, webhook_id: str) -> str:
    """Return a text for a webhook's client about the last day, whatever the page shows."""
    now = target.now()
    since = now - _SUMMARY_LENGTH
    chosen = choose(target, DeliveryQuery(since=since, webhook_id=webhook_id))
    return "\n".join([summary_of(chosen, since, now), *chosen.notes])
