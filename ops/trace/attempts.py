"""The attempts of an order's deliveries, from their rows: SNS's log is not needed for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from functions.domain.deliveries.row import Attempt, Row
from ops.deliveries import attempts_of_row
from ops.parallel import in_parallel
from ops.tables import KnownWebhook, deliveries_of
from ops.target import Target
from ops.trace.sources import DeliveryEntry

_SUCCESSES = range(200, 300)


def attempts_of_rows(
    target: Target, rows: Sequence[Row], webhooks: Sequence[KnownWebhook]
) -> list[DeliveryEntry]:
    """Return what is stored of every attempt, in the order of their times."""
    urls = {each.webhook_id: each.endpoint_url for each in webhooks}
    tried = in_parallel(lambda row: attempts_of_row(target, row), rows)
    message_ids = {each.sns_message_id for attempts in tried for each in attempts}
    published = {
        message_id: message.published_at
        for message_id, message in deliveries_of(target).find_messages(message_ids).items()
    }
    entries = [
        _entry(attempt, _destination(row, urls), published.get(attempt.sns_message_id))
        for row, attempts in zip(rows, tried, strict=True)
        for attempt in attempts
    ]
    return sorted(entries, key=lambda each: each.time)


def _destination(row: Row, urls: Mapping[str, str]) -> str:
    # A deleted webhook's URL is gone; its ID is not.
    return urls.get(row.webhook_id, f"?webhook_id={row.webhook_id}")


def _entry(attempt: Attempt, destination: str, published_at: datetime | None) -> DeliveryEntry:
    dwell = timedelta(milliseconds=attempt.duration_ms or 0)
    began = min(attempt.at - dwell, published_at or attempt.at)
    seconds = dwell.total_seconds() or (attempt.at - began).total_seconds()
    return DeliveryEntry(
        time=attempt.at,
        published_at=began,
        message_id=attempt.sns_message_id,
        destination=destination,
        succeeded=attempt.status in _SUCCESSES,
        attempts=attempt.number,
        dwell_seconds=seconds,
        status_code=attempt.status,
        response=attempt.response,
    )
