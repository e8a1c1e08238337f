"""The `idempotency` table: which request came first with a key."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from functions.adapters.items import from_item, to_item
from functions.domain.idempotency import IdempotencyRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class IdempotencyTable:
    """Idempotency records by client and key."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def claim(
        self, key: str, record: IdempotencyRecord, *, now: datetime, expires_at: int
    ) -> IdempotencyRecord:
        """Store the record if the key is free; return the record that holds the key from now on.

        DynamoDB deletes an expired record only some time after `expires_at` (epoch seconds), so an expired
        one counts as free.
        """
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=to_item({"key": key, "expires_at": expires_at, **asdict(record)}),
                ConditionExpression="attribute_not_exists(#key) OR expires_at < :now",
                ExpressionAttributeNames={"#key": "key"},
                ExpressionAttributeValues=to_item({":now": int(now.timestamp())}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._find(key) or self.claim(key, record, now=now, expires_at=expires_at)
        return record

    def mark_enqueued(self, key: str) -> None:
        """Remember that the queue has the order, so that a repetition need not send it again."""
        self._client.update_item(
            TableName=self._table_name,
            Key=to_item({"key": key}),
            UpdateExpression="SET enqueued = :true",
            ConditionExpression="attribute_exists(#key)",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues=to_item({":true": True}),
        )

    def _find(self, key: str) -> IdempotencyRecord | None:
        answer = self._client.get_item(
            TableName=self._table_name, Key=to_item({"key": key}), ConsistentRead=True
        )
        if "Item" not in answer:  # deleted between the put and the get
            return None
        item = from_item(answer["Item"])
        return IdempotencyRecord(**{name: item[name] for name in IdempotencyRecord.__slots__})
