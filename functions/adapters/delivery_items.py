"""The items of the `deliveries` table: their keys, and what they are made of.

| item | `pk` | `sk` |
|---|---|---|
| row of an event at a webhook | `webhook#<webhook_id>` | `<event time>#<event ID>`: a query lists by time |
| state of a webhook | `webhook#<webhook_id>` | `#state`: it sorts before every time |
| attempt | `attempts#<webhook_id>#<event ID>` | `<SNS message ID>#<number>` |
| event | `event#<event ID>` | `document` |
| SNS message | `message#<SNS message ID>` | `publication` |
| counts of signals | `signals` | the hour |
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any

from functions.adapters.items import from_item, to_item
from functions.adapters.records import from_plain, to_plain
from functions.domain.deliveries.row import Attempt, Row
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.instant import timestamp

Item = dict[str, Any]

STATE_KEY = "#state"
SHARDS = 16

# An event's document is needed while one of its rows may be published: for 30 days of waiting, 35 days in
# which an ended row can be recovered, and 30 days of waiting again.
_EVENT_KEPT = timedelta(days=120)
# The dead-letter queue keeps an envelope for 14 days.
_MESSAGE_KEPT = timedelta(days=21)
_ATTEMPT_KEPT = timedelta(days=100)


def shard_of(webhook_id: str) -> str:
    """Return the shard of a webhook in the index by schedule: 00 to 15."""
    return f"{zlib.crc32(webhook_id.encode()) % SHARDS:02}"


def webhook_key(webhook_id: str) -> str:
    """Return the partition of a webhook's rows, state and jobs."""
    return f"webhook#{webhook_id}"


def row_key(webhook_id: str, key: str) -> Item:
    """Return the key of a row, which is `Row.key` at the webhook."""
    return to_item({"pk": webhook_key(webhook_id), "sk": key})


def event_key(event_id: str) -> Item:
    """Return the key of an event."""
    return to_item({"pk": f"event#{event_id}", "sk": "document"})


def message_key(sns_message_id: str) -> Item:
    """Return the key of an SNS message."""
    return to_item({"pk": f"message#{sns_message_id}", "sk": "publication"})


def state_key(webhook_id: str) -> Item:
    """Return the key of a webhook's state."""
    return to_item({"pk": webhook_key(webhook_id), "sk": STATE_KEY})


def row_item(row: Row) -> Item:
    """Return a row's item.

    It is in one index while it is open. One that is dead and could be sent again is in the index by schedule,
    at the time when it was given up, so that operators find it: DynamoDB deletes the entry with the row.
    """
    indexed: dict[str, Any] = {}
    if row.is_due_listed:
        indexed["due_webhook"] = row.webhook_id
    elif row.is_open and row.deadline_at is not None:
        indexed["schedule_key"] = f"deadline#{shard_of(row.webhook_id)}"
        indexed["schedule_at"] = timestamp(row.deadline_at)
    elif row.is_missed and row.dead_at is not None:
        indexed["schedule_key"] = f"dead#{shard_of(row.webhook_id)}"
        indexed["schedule_at"] = timestamp(row.dead_at)
    if row.expires_at is not None:
        indexed["expires_at"] = int(row.expires_at.timestamp())
    return {**row_key(row.webhook_id, row.key), **to_item({**to_plain(row), **indexed})}


def row_of(item: Item) -> Row:
    """Return the row of an item."""
    return from_plain(Row, from_item(item))


def event_item(event: StoredEvent, now: datetime) -> Item:
    """Return an event's item, which has the map of topics from the start: an update can then add to it."""
    data = {**to_plain(event), "topics_published": dict(event.topics_published), **_expiry(now, _EVENT_KEPT)}
    return {**event_key(event.event_id), **to_item(data)}


def event_of(item: Item) -> StoredEvent:
    """Return the event of an item."""
    return from_plain(StoredEvent, from_item(item))


def message_item(message: Message) -> Item:
    """Return a message's item."""
    data = {**to_plain(message), **_expiry(message.published_at, _MESSAGE_KEPT)}
    return {**message_key(message.sns_message_id), **to_item(data)}


def message_of(item: Item) -> Message:
    """Return the message of an item."""
    return from_plain(Message, from_item(item))


def attempts_key(webhook_id: str, event_id: str) -> str:
    """Return the partition of a row's attempts."""
    return f"attempts#{webhook_id}#{event_id}"


def attempt_item(row: Row, attempt: Attempt) -> Item:
    """Return an attempt's item: a repeated entry of the log has the same key."""
    key = {
        "pk": attempts_key(row.webhook_id, row.event_id),
        "sk": f"{attempt.sns_message_id}#{attempt.number:03}",
    }
    return to_item({**key, **to_plain(attempt), **_expiry(attempt.at, _ATTEMPT_KEPT)})


def attempt_of(item: Item) -> Attempt:
    """Return the attempt of an item."""
    return from_plain(Attempt, from_item(item))


def state_item(state: WebhookState) -> Item:
    """Return the item of a webhook's state; it is in the index by schedule while there is work."""
    indexed = {}
    if state.work_at is not None:
        indexed = {
            "schedule_key": f"work#{shard_of(state.webhook_id)}",
            "schedule_at": timestamp(state.work_at),
        }
    return {**state_key(state.webhook_id), **to_item({**to_plain(state), **indexed})}


def state_of(item: Item) -> WebhookState:
    """Return the state of an item."""
    return from_plain(WebhookState, from_item(item))


def _expiry(since: datetime, kept: timedelta) -> dict[str, int]:
    return {"expires_at": int((since + kept).timestamp())}
