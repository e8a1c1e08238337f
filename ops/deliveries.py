"""The deliveries of a stack, as an operator reads them: by webhook, and those that wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.adapters.delivery_items import (
    SHARDS,
    attempt_of,
    attempts_key,
    row_of,
    webhook_key,
)
from functions.adapters.items import from_item
from functions.domain.deliveries.indexes import DUE_INDEX, SCHEDULE_INDEX
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
_SCHEDULED = "schedule_key = :key AND schedule_at >= :since"
_COUNTED_PER_QUERY = 5_000

RowKey = tuple[str, str]


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
    found: list[Row] = []
    last: str | None = None
    for read, row in enumerate(newest_rows(target, webhook_id, since, before), 1):
        if len(found) == limit or read > _LONGEST_READ:
            return RowsPage(rows=found, next=last)
        last = row.key
        if state in (None, row.state.value):
            found.append(row)
    return RowsPage(rows=found, next=None)


def newest_rows(
    target: Target, webhook_id: str, since: datetime | None, before: str | None = None
) -> Iterator[Row]:
    """Yield a webhook's deliveries, the newest first, of events since an instant, before a key."""
    values = {
        ":pk": webhook_key(webhook_id),
        ":first": timestamp(since) if since else _FIRST_KEY,
        ":last": before or _LAST_KEY,
    }
    condition = "pk = :pk AND sk BETWEEN :first AND :last"
    rows = map(row_of, query(target, condition, values, ScanIndexForward=False))
    return (row for row in rows if row.key != before)


def attempts_of_row(target: Target, row: Row) -> list[Attempt]:
    """Return what is stored of a delivery's attempts, by time; a first success is on the row itself."""
    key = {":pk": attempts_key(row.webhook_id, row.event_id)}
    return known_attempts(row, map(attempt_of, query(target, "pk = :pk", key)))


def dead_rows(target: Target, *, since: datetime | None = None, most: int | None = None) -> list[Row]:
    """Return the deliveries of every webhook that are dead and could be sent again, the last to die first."""
    rows = _scheduled_rows(target, "dead", since, most)
    # The index may be a moment behind the rows.
    return [row for row in rows if row.is_missed]


def count_dead(target: Target, since: datetime) -> int:
    """Return how many deliveries have died since an instant and could be sent again, without reading them."""

    def count(shard: int) -> int:
        values = _scheduled_values("dead", shard, since)
        pages = _pages(
            target, _SCHEDULED, values, IndexName=SCHEDULE_INDEX, Select="COUNT", Limit=_COUNTED_PER_QUERY
        )
        return sum(int(page["Count"]) for page in pages)

    return sum(in_parallel(count, range(SHARDS)))


def pending_rows(target: Target) -> list[Row]:
    """Return the deliveries of every webhook that SNS is making now."""
    return _scheduled_rows(target, "deadline")


def waiting_rows(target: Target, limit_per_webhook: int) -> list[Row]:
    """Return the deliveries that wait for a publication, the oldest events of each webhook."""
    busy = [webhook_id for webhook_id, _ in _scheduled_keys(target, "work")]
    found = in_parallel(lambda webhook_id: due_rows(target, webhook_id, limit_per_webhook), busy)
    return sorted((row for rows in found for row in rows), key=lambda row: row.key)


def due_rows(target: Target, webhook_id: str, most: int) -> list[Row]:
    """Return the deliveries of a webhook that wait for a publication, in the order of the events' times."""
    rows = _rows_with_keys(target, _due_keys(target, webhook_id, most))
    return [row for row in rows if row.is_due_listed]


def oldest_waiting_event(target: Target, webhook_id: str) -> str | None:
    """Return the time of the oldest event that waits for a publication to a webhook, or None."""
    return next((key.partition("#")[0] for _, key in _due_keys(target, webhook_id, 1)), None)


def _due_keys(target: Target, webhook_id: str, most: int) -> list[RowKey]:
    items = query(target, "due_webhook = :id", {":id": webhook_id}, IndexName=DUE_INDEX, most=most)
    return [(webhook_id, str(from_item(item)["sk"])) for item in items]


def _scheduled_rows(
    target: Target, kind: str, since: datetime | None = None, most: int | None = None
) -> list[Row]:
    return _rows_with_keys(target, _scheduled_keys(target, kind, since, most))


def _rows_with_keys(target: Target, keys: Sequence[RowKey]) -> list[Row]:
    rows = deliveries_of(target).find_rows(keys, consistent=False)
    return [rows[key] for key in keys if key in rows]


def _scheduled_keys(
    target: Target, kind: str, since: datetime | None = None, most: int | None = None
) -> list[RowKey]:
    """Return a kind's webhook IDs and sort keys in the index by schedule, the latest first."""

    def read(shard: int) -> list[Mapping[str, str]]:
        items = query(
            target,
            _SCHEDULED,
            _scheduled_values(kind, shard, since),
            IndexName=SCHEDULE_INDEX,
            ScanIndexForward=False,
            most=most,
        )
        return [from_item(item) for item in items]

    entries = [entry for found in in_parallel(read, range(SHARDS)) for entry in found]
    latest = sorted(entries, key=lambda each: each["schedule_at"], reverse=True)[:most]
    return [(each["pk"].partition("#")[2], each["sk"]) for each in latest]


def _scheduled_values(kind: str, shard: int, since: datetime | None) -> dict[str, str]:
    return {":key": f"{kind}#{shard:02}", ":since": timestamp(since) if since else _FIRST_KEY}


def query(
    target: Target,
    condition: str,
    values: Mapping[str, str],
    *,
    most: int | None = None,
    **options: Any,  # noqa: ANN401 - DynamoDB's
) -> Iterator[Any]:
    """Yield the items of the deliveries table that a key's condition chooses, all or one page of `most`."""
    for page in _pages(target, condition, values, **{"Limit": most or _ROWS_PER_QUERY, **options}):
        yield from page["Items"]
        if most is not None:
            return


def _pages(
    target: Target,
    condition: str,
    values: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - DynamoDB's
) -> Iterator[Mapping[str, Any]]:
    paginator = target.client("dynamodb").get_paginator("query")
    pages: Iterator[Mapping[str, Any]] = paginator.paginate(
        TableName=target.output("deliveries_table_name"),
        KeyConditionExpression=condition,
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
        **options,
    )
    return pages
