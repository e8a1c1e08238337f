"""Webhooks as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ops.instants import moment
from ops.records import Records
from ops.webhooks.reading import WebhookHealth

_TITLES = ("webhook", "status", "client", "calls", "since", "reason", "oldest event waits since")


def records_of(webhooks: Sequence[WebhookHealth], now: datetime) -> Records:
    """Return what is printed of webhooks."""
    return Records(_TITLES, [_row(each, now) for each in webhooks])


def document_of(health: WebhookHealth) -> dict[str, Any]:
    """Return a webhook as JSON-able data."""
    webhook, state = health.webhook, health.webhook.state
    failure = state.last_failure if state else None
    return {
        "webhook_id": webhook.webhook_id,
        "client_id": webhook.client_id,
        "calls": webhook.shown_url,
        "event_types": webhook.event_types,
        "status": webhook.status,
        "reason": health.reason or None,
        "since": health.since,
        "oldest_waiting_event": health.oldest_waiting,
        "last_success_at": state.last_success_at if state else None,
        "last_failure": failure
        and {"at": failure.at, "status_code": failure.status, "event_id": failure.event_id},
        "failures_in_row": state.failures_in_row if state else 0,
    }


def _row(health: WebhookHealth, now: datetime) -> tuple[str, ...]:
    webhook = health.webhook
    return (
        webhook.webhook_id,
        webhook.status.replace("_", " "),
        webhook.client_id,
        webhook.shown_url,
        moment(health.since, now) if health.since else "",
        health.reason,
        moment(health.oldest_waiting, now) if health.oldest_waiting else "",
    )
