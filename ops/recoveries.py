"""The recoveries of a webhook, and how far each has come."""

from __future__ import annotations

from functions.adapters.delivery_items import webhook_key
from functions.adapters.items import from_item
from functions.adapters.records import from_plain
from functions.domain.deliveries.job import RecoverJob
from ops.deliveries import query
from ops.target import Target

_MOST = 100


def recoveries_of(target: Target, webhook_id: str, most: int) -> list[RecoverJob]:
    """Return the latest recoveries of a webhook, the last that was started first."""
    values = {":pk": webhook_key(webhook_id), ":job": "#job#"}
    items = query(target, "pk = :pk AND begins_with(sk, :job)", values, most=_MOST)
    jobs = [from_plain(RecoverJob, from_item(item)) for item in items]
    return sorted(jobs, key=lambda each: each.created_at, reverse=True)[:most]
