"""The `orders` table: created once, settled once."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from functions.adapters.items import from_item, to_item
from functions.adapters.pages import query_page
from functions.domain.order import Order, status_after
from functions.domain.order_day import day_shard
from functions.domain.order_index import CLIENT_INDEX
from functions.domain.page import Page, Position
from functions.domain.payment import Payment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Of the table alone, for its index `by-day`.
DAY_SHARD = "day_shard"
_INDEX_KEY = ("client_id", "created_at", "request_id")


class OrderNotFound(Exception):  # noqa: N818 - the execution's error name, read by operators
    """The workflow wants to write on an order that was never saved; a person has to look."""


class OrdersTable:
    """Orders by request ID."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def create(self, order: Order) -> Order:
        """Store a new order; where it is stored already, return what is stored and change nothing."""
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=to_item({**order.document(), DAY_SHARD: day_shard(order.created_at, order.request_id)}),
                ConditionExpression="attribute_not_exists(request_id)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._stored(order.request_id)
        return order

    def find(self, request_id: str) -> Order | None:
        """Return an order, or None."""
        answer = self._client.get_item(
            TableName=self._table_name, Key=to_item({"request_id": request_id}), ConsistentRead=True
        )
        return Order.of(from_item(answer["Item"])) if "Item" in answer else None

    def page_of_client(
        self,
        client_id: str,
        *,
        first: str,
        last: str,
        status: str | None = None,
        after: Sequence[str] | None = None,
        limit: int,
    ) -> Page[Order]:
        """Return a client's orders that were created from `first` to `last`, newest first.

        A position is an order's time and ID. A new order shows within moments: an index is eventually
        consistent.
        """
        values = {":client": client_id, ":first": first, ":last": last}
        query: dict[str, Any] = {
            "TableName": self._table_name,
            "IndexName": CLIENT_INDEX,
            "KeyConditionExpression": "client_id = :client AND created_at BETWEEN :first AND :last",
            "ScanIndexForward": False,
        }
        if status is not None:
            query |= {
                "FilterExpression": "#status = :status",
                "ExpressionAttributeNames": {"#status": "status"},
            }
            values[":status"] = status
        items, key = query_page(
            functools.partial(self._client.query, **query, ExpressionAttributeValues=to_item(values)),
            limit=limit,
            after=_key_in_index(client_id, *after) if after else None,
            key_attributes=_INDEX_KEY,
            is_filtered=status is not None,
        )
        orders = [Order.of(from_item(item)) for item in items]
        return Page(entries=orders, position=_position(key) if key else None)

    def settle(self, request_id: str, payment: Payment, settled_at: str) -> Order:
        """Write a payment's result on a pending order and return the order.

        The first result wins: where the order has one already, nothing changes and the order is returned
        with that. Raises `OrderNotFound` where the order is unknown.
        """
        try:
            answer = self._client.update_item(
                TableName=self._table_name,
                Key=to_item({"request_id": request_id}),
                UpdateExpression="SET #status = :status, #payment = :payment, updated_at = :settled_at",
                ConditionExpression="#status = :pending",
                ExpressionAttributeNames={"#status": "status", "#payment": "payment"},
                ExpressionAttributeValues=to_item(
                    {
                        ":status": status_after(payment.status),
                        ":payment": payment.document(),
                        ":settled_at": settled_at,
                        ":pending": "pending",
                    }
                ),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._stored(request_id)
        return Order.of(from_item(answer["Attributes"]))

    def _stored(self, request_id: str) -> Order:
        stored = self.find(request_id)
        if stored is None:
            raise OrderNotFound(f"order {request_id} is not in the table")
        return stored


def _key_in_index(client_id: str, created_at: str, request_id: str) -> dict[str, Any]:
    return to_item({"client_id": client_id, "created_at": created_at, "request_id": request_id})


def _position(key: dict[str, Any]) -> Position:
    plain = from_item(key)
    return plain["created_at"], plain["request_id"]
