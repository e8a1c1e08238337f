"""Which charge at the payment gateway is an order's own, written on the order in the `orders` table.

A gateway forgets idempotency keys after a day, and an order may be taken up again after that
(docs/decisions/0007-look-at-the-payment-then-act.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters.items import from_item, to_item
from functions.adapters.orders_table import OrderNotFound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTRIBUTE = "gateway_charge_id"


class ChargeRecord:
    """The gateway's ID of each order's charge: the first one written stays."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def find(self, request_id: str) -> str | None:
        """Return what was written for an order, or None."""
        answer = self._client.get_item(
            TableName=self._table_name,
            Key=to_item({"request_id": request_id}),
            ProjectionExpression=_ATTRIBUTE,
            ConsistentRead=True,
        )
        charge_id: str | None = from_item(answer.get("Item", {})).get(_ATTRIBUTE)
        return charge_id

    def keep(self, request_id: str, charge_id: str) -> str:
        """Write a charge's ID on an order that has none, and return the one that it has from now on.

        Raises `OrderNotFound` where the order is unknown.
        """
        try:
            answer = self._client.update_item(
                TableName=self._table_name,
                Key=to_item({"request_id": request_id}),
                UpdateExpression=f"SET {_ATTRIBUTE} = if_not_exists({_ATTRIBUTE}, :charge_id)",
                ConditionExpression="attribute_exists(request_id)",
                ExpressionAttributeValues=to_item({":charge_id": charge_id}),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise OrderNotFound(f"order {request_id} is not in the table") from None
        kept: str = from_item(answer["Attributes"])[_ATTRIBUTE]
        return kept
