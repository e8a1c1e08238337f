"""Lists of orders, a page at a time, from the indexes of their table: nothing scans it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from typing import Any

from functions.adapters.items import from_item
from functions.domain.instant import timestamp
from functions.domain.order_day import day_shards
from ops.errors import UsageError
from ops.instants import read_instant
from ops.parallel import in_parallel
from ops.target import Target

STATUSES = ("pending", "paid", "declined", "failed")
# A page with a filter that matches little ends after so many orders, with a position to continue from.
_LONGEST_READ = 5_000
_ORDERS_PER_QUERY = 500
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_ITEMS_PER_BATCH = 100
# The token of a payment method is a secret of the client's customer: it is not read.
_SHOWN = (
    "request_id",
    "created_at",
    "updated_at",
    "client_id",
    "reference",
    "status",
    "currency",
    "total_amount",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrder:
    """An order as a list shows it; the amount is in the currency's minor unit."""

    request_id: str
    created_at: str
    updated_at: str
    client_id: str
    reference: str
    status: str
    currency: str
    total_amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """Which orders to list: those created from `since` until `until`, of one client or with one status."""

    since: datetime
    until: datetime
    client_id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the next page begins: at this instant, without the orders of it that were already given."""

    created_at: str
    given: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        """Return the position as text for a URL."""
        return "~".join([self.created_at, *sorted(self.given)])

    @classmethod
    def read(cls, text: str) -> Position:
        """Read a position from its text."""
        created_at, *given = text.split("~")
        try:
            read_instant(created_at)
        except ValueError:
            raise UsageError(f"{text!r} is not a position in the list of orders.") from None
        return cls(created_at=created_at, given=frozenset(given))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """Some orders, the newest first, and how many were `read`; `next` is None where these are the last."""

    orders: Sequence[ListedOrder]
    next: Position | None
    read: int


def list_orders(
    target: Target, query: OrderQuery, limit: int, position: Position | None = None
) -> OrdersPage:
    """Return the newest orders that the query asks for, from a position on."""
    found: list[ListedOrder] = []
    read = 0
    start = position or Position(created_at=timestamp(query.until))
    rest = (each for each in _newest_first(target, query, start.created_at) if not _is_given(each, start))
    last = start
    for order in rest:
        read += 1
        last = _after(last, order)
        if query.status in (None, order.status):
            found.append(order)
        if len(found) == limit or read == _LONGEST_READ:
            break
    more = next(rest, None) is not None
    return OrdersPage(orders=found, next=last if more else None, read=read)


def every_order(target: Target, query: OrderQuery, most: int) -> Iterator[ListedOrder]:
    """Yield all orders that the query asks for, but no more than `most` are read."""
    for read, order in enumerate(_newest_first(target, query, timestamp(query.until))):
        if read == most:
            return
        if query.status in (None, order.status):
            yield order


def orders_of_reference(target: Target, reference: str, limit: int) -> list[ListedOrder]:
    """Return the newest orders of all clients that have a reference."""
    answer = target.client("dynamodb").query(
        TableName=target.output("orders_table_name"),
        IndexName="by-reference",
        KeyConditionExpression="#reference = :reference",
        ExpressionAttributeNames={"#reference": "reference"},
        ExpressionAttributeValues={":reference": {"S": reference}},
        ScanIndexForward=False,
        Limit=limit,
    )
    return orders_with_ids(target, [str(each["request_id"]["S"]) for each in answer["Items"]])


def orders_with_ids(target: Target, request_ids: Sequence[str]) -> list[ListedOrder]:
    """Return the orders with these request IDs, in their order, without those that do not exist."""
    found: dict[str, ListedOrder] = {}
    for first in range(0, len(request_ids), _ITEMS_PER_BATCH):
        for order in _batch(target, request_ids[first : first + _ITEMS_PER_BATCH]):
            found[order.request_id] = order
    return [found[each] for each in request_ids if each in found]


def _batch(target: Target, request_ids: Iterable[str]) -> Iterator[ListedOrder]:
    table = str(target.output("orders_table_name"))
    names = {f"#{each}": each for each in _SHOWN}
    asked: Any = {
        table: {
            "Keys": [{"request_id": {"S": each}} for each in dict.fromkeys(request_ids)],
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
    }
    while asked:
        answer = target.client("dynamodb").batch_get_item(RequestItems=asked)
        yield from map(_listed, answer["Responses"].get(table, []))
        asked = answer.get("UnprocessedKeys")


def _is_given(order: ListedOrder, position: Position) -> bool:
    return order.created_at == position.created_at and order.request_id in position.given


def _after(position: Position, order: ListedOrder) -> Position:
    given = position.given if order.created_at == position.created_at else frozenset()
    return Position(created_at=order.created_at, given=given | {order.request_id})


def _newest_first(target: Target, query: OrderQuery, before: str) -> Iterator[ListedOrder]:
    since = timestamp(query.since)
    if query.client_id is not None:
        yield from _Partition(target, "by-client", "client_id", query.client_id, since, before)
        return
    day = read_instant(before).date()
    while day >= query.since.date():
        shards = [
            _Partition(target, "by-day", "day_shard", each, since, before)
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

    def __init__(self, target: Target, index: str, key: str, value: str, since: str, before: str) -> None:
        self._target = target
        self._asked: dict[str, Any] = {
            "TableName": target.output("orders_table_name"),
            "IndexName": index,
            "KeyConditionExpression": "#key = :key AND created_at BETWEEN :since AND :before",
            "ProjectionExpression": ", ".join(f"#{each}" for each in _SHOWN),
            "ExpressionAttributeNames": {"#key": key, **{f"#{each}": each for each in _SHOWN}},
            "ExpressionAttributeValues": {
                ":key": {"S": value},
                ":since": {"S": since},
                ":before": {"S": before},
            },
            "ScanIndexForward": False,
            "Limit": _ORDERS_PER_QUERY,
        }
        self._first: Mapping[str, Any] | None = None

    def start(self) -> None:
        """Read the first orders."""
        self._first = self._query()

    def __iter__(self) -> Iterator[ListedOrder]:
        answer = self._first or self._query()
        while True:
            yield from map(_listed, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            answer = self._query(ExclusiveStartKey=answer["LastEvaluatedKey"])

    def _query(self, **start: Any) -> Mapping[str, Any]:  # noqa: ANN401 - DynamoDB's own types
        answer: Mapping[str, Any] = self._target.client("dynamodb").query(**self._asked, **start)
        return answer


def _listed(item: Mapping[str, Any]) -> ListedOrder:
    order = from_item(item)
    return ListedOrder(**{name: order[name] for name in _SHOWN})
