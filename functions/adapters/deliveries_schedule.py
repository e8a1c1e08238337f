"""The `deliveries` table from the side of redeliver: what is due, recoveries and the lease.

| item | `pk` | `sk` |
|---|---|---|
| recovery | `webhook#<webhook_id>` | `#job#<job_id>` |
| lease of redeliver | `lease` | `redeliver` |

The index `by-schedule` has webhooks with work and rows with a deadline, by shard; `by-due` has a webhook's
rows that wait, by their events' times. Both are read as they are, and may be a moment behind the items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from functions.adapters.delivery_items import (
    SHARDS,
    row_of,
    webhook_key,
)
from functions.adapters.items import from_item, to_item
from functions.adapters.records import from_plain, to_plain
from functions.domain.deliveries.due import DueEntry
from functions.domain.deliveries.indexes import DUE_INDEX, SCHEDULE_INDEX
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.row import Row
from functions.domain.instant import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LEASE = to_item({"pk": "lease", "sk": "redeliver"})
_JOB_KEPT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class _Scheduled:
    """An entry of the index by schedule."""

    at: str
    webhook_id: str
    key: str


class DeliveriesSchedule:
    """Implements `functions.domain.deliveries.serving.ports.Schedule`."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def due_webhooks(self, now: datetime) -> list[tuple[str, datetime]]:
        """Return the IDs of the webhooks that have work, and since when, the longest due first."""
        due = [each for shard in range(SHARDS) for each in self._scheduled("work", shard, now)]
        return [
            (each.webhook_id, datetime.fromisoformat(each.at))
            for each in sorted(due, key=lambda each: each.at)
        ]

    def overdue_rows(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Return the webhook ID and the key of rows whose deadline has passed, the longest overdue first."""
        overdue = [
            each
            for shard in range(SHARDS)
            for each in islice(self._scheduled("deadline", shard, now, limit), limit)
        ]
        return [(each.webhook_id, each.key) for each in sorted(overdue, key=lambda each: each.at)[:limit]]

    def due_rows(self, webhook_id: str, after: str | None, limit: int) -> list[DueEntry]:
        """Return a webhook's waiting rows by the event's time; fewer than the limit are the last."""
        items = self._query(
            "due_webhook = :webhook AND sk > :after",
            {":webhook": webhook_id, ":after": after or "0"},
            index=DUE_INDEX,
            limit=limit,
        )
        return [from_plain(DueEntry, {**each, "key": each["sk"]}) for each in islice(items, limit)]

    def rows_between(self, webhook_id: str, since: str, until: str, limit: int) -> list[Row]:
        """Return a page of a webhook's rows with keys after `since` and before `until`."""
        items = self._items(
            "pk = :webhook AND sk BETWEEN :since AND :until",
            {":webhook": webhook_key(webhook_id), ":since": since, ":until": until},
            limit=limit + 2,
            consistent=True,
        )
        rows = (row_of(each) for each in items)
        return list(islice((each for each in rows if since < each.key < until), limit))

    def find_job(self, webhook_id: str, job_id: str) -> RecoverJob | None:
        """Return a recovery, or None."""
        item = self._client.get_item(
            TableName=self._table_name, Key=_job_key(webhook_id, job_id), ConsistentRead=True
        ).get("Item")
        return None if item is None else from_plain(RecoverJob, from_item(item))

    def save_job(self, job: RecoverJob) -> None:
        """Store a recovery."""
        expires_at = int((job.created_at + _JOB_KEPT).timestamp())
        self._client.put_item(
            TableName=self._table_name,
            Item={
                **_job_key(job.webhook_id, job.job_id),
                **to_item({**to_plain(job), "expires_at": expires_at}),
            },
        )

    def acquire_lease(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease, unless another holder has it until after `now`."""
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item={**_LEASE, **to_item({"holder": holder, "until": timestamp(until)})},
                ConditionExpression="attribute_not_exists(pk) OR #until < :now OR holder = :holder",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues=to_item({":now": timestamp(now), ":holder": holder}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def release_lease(self, holder: str) -> None:
        """Give the lease back, where the holder still has it."""
        try:
            self._client.delete_item(
                TableName=self._table_name,
                Key=_LEASE,
                ConditionExpression="holder = :holder",
                ExpressionAttributeValues=to_item({":holder": holder}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _scheduled(
        self, kind: str, shard: int, now: datetime, limit: int | None = None
    ) -> Iterator[_Scheduled]:
        items = self._query(
            "schedule_key = :key AND schedule_at <= :now",
            {":key": f"{kind}#{shard:02}", ":now": timestamp(now)},
            index=SCHEDULE_INDEX,
            limit=limit,
        )
        for each in items:
            yield _Scheduled(each["schedule_at"], each["pk"].partition("#")[2], each["sk"])

    def _query(
        self, condition: str, values: dict[str, Any], *, index: str, limit: int | None
    ) -> Iterator[dict[str, Any]]:
        for item in self._items(condition, values, index=index, limit=limit):
            yield from_item(item)

    def _items(
        self,
        condition: str,
        values: dict[str, Any],
        *,
        index: str | None = None,
        limit: int | None = None,
        consistent: bool = False,
    ) -> Iterator[dict[str, Any]]:
        options: dict[str, Any] = {"IndexName": index} if index else {}
        if limit is not None:
            options["Limit"] = limit
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ConsistentRead=consistent,
            **options,
        )
        for page in pages:
            yield from page["Items"]


def _job_key(webhook_id: str, job_id: str) -> dict[str, Any]:
    return to_item({"pk": webhook_key(webhook_id), "sk": f"#job#{job_id}"})
