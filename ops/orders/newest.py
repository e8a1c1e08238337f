"""The newest orders of all clients or of one, from the indexes of their table: nothing scans it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from typing import Any

from functions.domain.instant import timestamp
from functions.domain.order_day import day_shards
from ops.instants import read_instant
from ops.orders.listed_order import ListedOrder, listed_order, projection
from ops.parallel import in_parallel
from ops.target import Target

MOST_PER_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """Which orders to list: those created from `since` until `until`, of one client or with one status."""

    since: datetime
    until: datetime
    client_id: str | None = None
    status: str | None = None


def newest_orders(
    target: Target, query: OrderQuery, before: str, most_per_query: int = MOST_PER_QUERY
) -> Iterator[ListedOrder]:
    """Yield the orders of a query's time and client until an instant, the newest first.

    Each shard of a day is read `most_per_query` orders at a time.
    """
    since = timestamp(query.since)
    if query.client_id is not None:
        yield from _Partition(
            target, "by-client", "client_id", query.client_id, since, before, most_per_query
        )
        return
    day = read_instant(before).date()
    while day >= query.since.date():
        shards = [
            _Partition(target, "by-day", "day_shard", each, since, before, most_per_query)
            for each in day_shards(day.isoformat())
        ]
        # The first query of each, at the same time.
        in_parallel(_Partition.start, shards)
        yield from merge(*shards, key=_created_at, reverse=True)
        day -= timedelta(days=1)


def _created_at(order: ListedOrder) -> str:
    return order.created_at


class _Partition:
    """One partition of an index, the newest order first."""

    def __init__(
        self, target: Target, index: str, key: str, value: str, since: str, before: str, most: int
    ) -> None:
        self._target = target
        shown = projection()
        self._asked: dict[str, Any] = {
            "TableName": target.output("orders_table_name"),
            "IndexName": index,
            "KeyConditionExpression": "#key = :key AND created_at BETWEEN :since AND :before",
            "ProjectionExpression": shown["ProjectionExpression"],
            "ExpressionAttributeNames": {"#key": key, **shown["ExpressionAttributeNames"]},
            "ExpressionAttributeValues": {
                ":key": {"S": value},
                ":since": {"S": since},
                ":before": {"S": before},
            },
            "ScanIndexForward": False,
            "Limit": most,
        }
        self._first: Mapping[str, Any] | None = None

    def start(self) -> None:
        """Read the first orders."""
        self._first = self._query()

    def __iter__(self) -> Iterator[ListedOrder]:
        answer = self._first or self._query()
        while True:
            yield from map(listed_order, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            answer = self._query(ExclusiveStartKey=answer["LastEvaluatedKey"])

    def _query(self, **start: Any) -> Mapping[str, Any]:  # noqa: ANN401 - DynamoDB's own types
        answer: Mapping[str, Any] = self._target.client("dynamodb").query(**self._asked, **start)
        return answer
