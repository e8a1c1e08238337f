"""A summary of deliveries that an operator can send to the client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from functions.domain.deliveries.row import Row, RowState
from ops.attempt_log.choice import Chosen
from ops.delivery_text import NO_ATTEMPT, following, last_answer
from ops.instants import moment
from ops.tables import KnownWebhook

_MOST_LISTED = 50
_WORDS = {
    RowState.DELIVERED: "delivered",
    RowState.PENDING: "being delivered",
    RowState.RETRYING: "to be sent again",
    RowState.OWED: "waiting",
    RowState.DEAD: "given up",
}


def summary_of(chosen: Chosen, since: datetime, now: datetime) -> str:
    """Return plain text: each webhook's counts, and every event that it does not have."""
    ids = list(dict.fromkeys([*chosen.webhooks, *(each.webhook_id for each in chosen.rows)]))
    head = (
        f"Events since {moment(since, now).partition(' (')[0]}, as of {moment(now, now).partition(' (')[0]}:"
    )
    parts = [head]
    for webhook_id in ids:
        own = [each for each in chosen.rows if each.webhook_id == webhook_id]
        parts += ["", *_of_webhook(webhook_id, chosen.webhooks.get(webhook_id), own, now)]
    return "\n".join(parts)


def _of_webhook(
    webhook_id: str, webhook: KnownWebhook | None, rows: Sequence[Row], now: datetime
) -> Iterator[str]:
    status = webhook.status if webhook else None
    place = f" at {webhook.shown_url}: {webhook.status.replace('_', ' ')}" if webhook else ": deleted"
    yield f"Webhook {webhook_id}{place}."
    counts = Counter(each.state for each in rows)
    counted = ", ".join(f"{counts[state]} {word}" for state, word in _WORDS.items() if counts[state])
    yield f"Events: {len(rows)}{f' ({counted})' if counted else ''}."
    missed = sorted(
        (each for each in rows if each.state is not RowState.DELIVERED), key=lambda each: each.key
    )
    for row in missed[:_MOST_LISTED]:
        yield f"- {row.event_time} {row.event_type} of {row.subject}, event {row.event_id}:"
        answer = last_answer(row)
        answered = f"last answer {answer}" if answer else NO_ATTEMPT
        yield f"  {answered}; {following(row, status, now).written(now)}."
    if len(missed) > _MOST_LISTED:
        yield f"- and {len(missed) - _MOST_LISTED} more."
