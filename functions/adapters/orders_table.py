"""The `orders` table: created once, settled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters.items import from_item, to_item
from functions.domain.order import Order, status_after
from functions.domain.order_day import day_shard
from functions.domain.payment import Payment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Of the table alone, for its index `by-day`.
DAY_SHARD = "day_shard"


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
        return Order.model_validate(from_item(answer["Item"])) if "Item" in answer else None

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
                        ":payment": payment.model_dump(exclude_none=True),
                        ":settled_at": settled_at,
                        ":pending": "pending",
                    }
                ),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._stored(request_id)
        return Order.model_validate(from_item(answer["Attributes"]))

    def _stored(self, request_id: str) -> Order:
        stored = self.find(request_id)
        if stored is None:
            raise OrderNotFound(f"order {request_id} is not in the table")
        return stored
