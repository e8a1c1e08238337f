"""The orders that have a reference or a request ID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ops.orders.listed_order import ListedOrder, listed_order, projection
from ops.target import Target

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_ITEMS_PER_BATCH = 100


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
    asked: Any = {
        table: {
            "Keys": [{"request_id": {"S": each}} for each in dict.fromkeys(request_ids)],
            **projection(),
        }
    }
    while asked:
        answer = target.client("dynamodb").batch_get_item(RequestItems=asked)
        yield from map(listed_order, answer["Responses"].get(table, []))
        asked = answer.get("UnprocessedKeys")
