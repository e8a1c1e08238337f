"""Recoveries: send a webhook everything that it has missed, and see how far that has come."""

from __future__ import annotations

from datetime import datetime

from functions.adapters.delivery_items import webhook_key
from functions.adapters.items import from_item
from functions.adapters.records import from_plain
from functions.domain.deliveries.job import RecoverJob
from functions.domain.instant import timestamp
from ops.as_client import call_as_client, done_as_client
from ops.deliveries import query
from ops.tables import KnownWebhook
from ops.target import Target

_ACCEPTED = 202
_MOST = 100


def recover_webhook(target: Target, webhook: KnownWebhook, since: datetime) -> str:
    """Start a recovery on behalf of the webhook's client, and return its job's ID."""
    answer = call_as_client(
        target,
        "recover-webhook",
        "POST /webhooks/{webhook_id}/recover",
        webhook.client_id,
        {"webhook_id": webhook.webhook_id},
        {"since": timestamp(since)},
    )
    return str(done_as_client(answer, _ACCEPTED)["job_id"])


def recoveries_of(target: Target, webhook_id: str, most: int) -> list[RecoverJob]:
    """Return the latest recoveries of a webhook, the last that was started first."""
    values = {":pk": webhook_key(webhook_id), ":job": "#job#"}
    items = query(target, "pk = :pk AND begins_with(sk, :job)", values, most=_MOST)
    jobs = [from_plain(RecoverJob, from_item(item)) for item in items]
    return sorted(jobs, key=lambda each: each.created_at, reverse=True)[:most]
