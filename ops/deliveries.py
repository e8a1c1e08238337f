"""The deliveries of a stack, as an operator reads them: by webhook, and those that wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.adapters.delivery_items import (
    DUE_INDEX,
    SCHEDULE_INDEX,
    SHARDS,
    attempt_of,
    attempts_key,
    row_of,
    webhook_key,
)
from functions.adapters.items import from_item
from functions.domain.deliveries.row import Attempt, Row
from functions.domain.delivery_view import known_attempts
from functions.domain.instant import timestamp
from ops.parallel import in_parallel
from ops.tables import deliveries_of
from ops.target import Target

# A page with a filter that matches little ends after so many rows.
_LONGEST_READ = 1_000
_ROWS_PER_QUERY = 200
# Every row's key begins with an event's time, and these sort before and after every time.
_FIRST_KEY, _LAST_KEY = "0", "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """Some deliveries of a webhook, the newest first; `next` is the key to continue before, or None."""

    rows: Sequence[Row]
    next: str | None


def rows_of_webhook(
    target: Target,
    webhook_id: str,
    limit: int,
    *,
    state: str | None = None,
    since: datetime | None = None,
    before: str | None = None,
) -> RowsPage:
    """Return a webhook's newest deliveries, of one state, of events since an instant, before a key."""
    first = timestamp(since) if since else _FIRST_KEY
    found: list[Row] = []
    last: str | None = None
    for read, row in enumerate(_rows(target, webhook_id, first, before or _LAST_KEY), 1):
        if row.key == before:
            continue
        if len(found) == limit or read > _LONGEST_READ:
            return RowsPage(rows=found, next=last)
        last = row.key
        if state in (None, row.state.value):
            found.append(row)
    return RowsPage(rows=found, next=None)


def attempts_of_row(target: Target, row: Row) -> list[Attempt]:
    """Return what is stored of a delivery's attempts, by time; a first success is on the row itself."""
    key = {":pk": attempts_key(row.webhook_id, row.event_id)}
    return known_attempts(row, map(attempt_of, query(target, "pk = :pk", key)))


def dead_rows(target: Target, since: datetime) -> list[Row]:
    """Return the deliveries of every webhook that were given up since an instant."""
    return _scheduled_rows(target, "dead", timestamp(since))


def pending_rows(target: Target) -> list[Row]:
    """Return the deliveries of every webhook that SNS is making now."""
    return _scheduled_rows(target, "deadline", _FIRST_KEY)


def waiting_rows(target: Target, limit_per_webhook: int) -> list[Row]:
    """Return the deliveries that wait for a publication, the oldest events of each webhook."""
    shards = [f"work#{number:02}" for number in range(SHARDS)]

    def webhooks(shard: str) -> list[str]:
        items = query(target, "schedule_key = :key", {":key": shard}, IndexName=SCHEDULE_INDEX)
        return [str(from_item(item)["pk"]).partition("#")[2] for item in items]

    def rows(webhook_id: str) -> list[Row]:
        keys = due_keys(target, webhook_id, limit_per_webhook)
        return list(deliveries_of(target).find_rows(keys, consistent=False).values())

    busy = [webhook_id for found in in_parallel(webhooks, shards) for webhook_id in found]
    return sorted((row for found in in_parallel(rows, busy) for row in found), key=lambda row: row.key)


def oldest_waiting_event(target: Target, webhook_id: str) -> str | None:
    """Return the time of the oldest event that waits for a publication to a webhook, or None."""
    return next((key.partition("#")[0] for _, key in due_keys(target, webhook_id, 1)), None)


def due_keys(target: Target, webhook_id: str, most: int) -> list[tuple[str, str]]:
    """Return the keys of the deliveries that wait for a publication to a webhook, the oldest events first."""
    items = query(target, "due_webhook = :id", {":id": webhook_id}, IndexName=DUE_INDEX, most=most)
    return [(webhook_id, str(from_item(item)["sk"])) for item in items]


def _scheduled_rows(target: Target, kind: str, since: str) -> list[Row]:
    def keys(shard: int) -> list[tuple[str, str]]:
        items = query(
            target,
            "schedule_key = :key AND schedule_at >= :since",
            {":key": f"{kind}#{shard:02}", ":since": since},
            IndexName=SCHEDULE_INDEX,
        )
        plain = map(from_item, items)
        return [(str(each["pk"]).partition("#")[2], str(each["sk"])) for each in plain]

    found = [key for shard in in_parallel(keys, range(SHARDS)) for key in shard]
    rows = deliveries_of(target).find_rows(found, consistent=False).values()
    return sorted(rows, key=lambda each: each.key, reverse=True)


def _rows(target: Target, webhook_id: str, first: str, last: str) -> Iterator[Row]:
    values = {":pk": webhook_key(webhook_id), ":first": first, ":last": last}
    condition = "pk = :pk AND sk BETWEEN :first AND :last"
    for item in query(target, condition, values, ScanIndexForward=False):
        yield row_of(item)


def query(
    target: Target,
    condition: str,
    values: Mapping[str, str],
    *,
    most: int | None = None,
    **options: Any,  # noqa: ANN401 - DynamoDB's
) -> Iterator[Any]:
    """Yield the items of the deliveries table that a key's condition chooses, all or one page of `most`."""
    asked: dict[str, Any] = {
        "TableName": target.output("deliveries_table_name"),
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {name: {"S": value} for name, value in values.items()},
        "Limit": most or _ROWS_PER_QUERY,
        **options,
    }
    while True:
        answer = target.client("dynamodb").query(**asked)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer or most is not None:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
