"""The orders that have a reference or a request ID."""

from __future__ import annotations

from collections.abc import Sequence

from functions.adapters.batch_reads import read_items
from ops.orders.listed_order import ListedOrder, listed_order, projection
from ops.target import Target


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
    keys = [{"request_id": {"S": each}} for each in dict.fromkeys(request_ids)]
    items = read_items(
        target.client("dynamodb"),
        target.output("orders_table_name"),
        keys,
        consistent=False,
        projection=projection(),
    )
    found = {order.request_id: order for order in map(listed_order, items)}
    return [found[each] for each in request_ids if each in found]
