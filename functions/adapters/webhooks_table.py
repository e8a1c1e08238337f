"""The `webhooks` table: each client's webhooks, and how many it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.adapters.items import from_item, to_item
from functions.domain.registration import TooManyWebhooks
from functions.domain.webhook import Webhook

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Beside a client's webhooks lies the count of those it has registered; it sorts before all of their IDs.
_COUNT_ID = "#count"


class WebhooksTable:
    """Webhooks by client and ID."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def create(self, webhook: Webhook, *, max_per_client: int) -> Webhook | None:
        """Store a new webhook and count it; where it is stored already, return what is stored.

        Returns None for a new one. Raises `TooManyWebhooks`.
        """
        put = {
            "TableName": self._table_name,
            "Item": to_item(webhook.document()),
            "ConditionExpression": "attribute_not_exists(webhook_id)",
        }
        count = self._count(webhook.client_id, by=1, condition="attribute_not_exists(#n) OR #n < :limit")
        count["ExpressionAttributeValues"] |= to_item({":limit": max_per_client})
        try:
            self._client.transact_write_items(TransactItems=[{"Put": put}, {"Update": count}])  # type: ignore[typeddict-item]
        except self._client.exceptions.TransactionCanceledException as error:
            existing = self.find(webhook.client_id, webhook.webhook_id)
            if existing is not None:
                return existing
            if error.response["CancellationReasons"][1].get("Code") == "ConditionalCheckFailed":
                raise TooManyWebhooks(
                    f"You have {max_per_client} webhooks, the most there may be: delete one first."
                ) from error
            raise
        return None

    def find(self, client_id: str, webhook_id: str) -> Webhook | None:
        """Return a client's webhook, or None."""
        answer = self._client.get_item(
            TableName=self._table_name, Key=self._key(client_id, webhook_id), ConsistentRead=True
        )
        is_webhook = "Item" in answer and webhook_id != _COUNT_ID
        return Webhook.model_validate(from_item(answer["Item"])) if is_webhook else None

    def of_client(self, client_id: str) -> list[Webhook]:
        """Return all webhooks of a client, by ID."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            KeyConditionExpression="client_id = :client AND webhook_id > :count",
            ExpressionAttributeValues=to_item({":client": client_id, ":count": _COUNT_ID}),
            ConsistentRead=True,
        )
        return [Webhook.model_validate(from_item(item)) for page in pages for item in page["Items"]]

    def set_subscription(self, webhook: Webhook, subscription_arn: str) -> None:
        """Remember a webhook's subscription, unless the webhook has been deleted meanwhile."""
        self._set(webhook, "subscription_arn", subscription_arn)

    def set_failing_until(self, webhook: Webhook, failing_until: str) -> None:
        """Remember that SNS gave up on an event for the webhook, unless the webhook has been deleted."""
        self._set(webhook, "failing_until", failing_until)

    def delete(self, webhook: Webhook) -> None:
        """Delete a webhook and count it off; the second time changes nothing."""
        delete = {
            "TableName": self._table_name,
            "Key": self._key(webhook.client_id, webhook.webhook_id),
            "ConditionExpression": "attribute_exists(webhook_id)",
        }
        count = self._count(webhook.client_id, by=-1, condition="attribute_exists(#n)")
        try:
            self._client.transact_write_items(TransactItems=[{"Delete": delete}, {"Update": count}])  # type: ignore[typeddict-item]
        except self._client.exceptions.TransactionCanceledException:
            if self.find(webhook.client_id, webhook.webhook_id) is not None:
                raise

    def _set(self, webhook: Webhook, attribute: str, value: str) -> None:
        try:
            self._client.update_item(
                TableName=self._table_name,
                Key=self._key(webhook.client_id, webhook.webhook_id),
                UpdateExpression="SET #attribute = :value",
                ConditionExpression="attribute_exists(webhook_id)",
                ExpressionAttributeNames={"#attribute": attribute},
                ExpressionAttributeValues=to_item({":value": value}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _count(self, client_id: str, *, by: int, condition: str) -> dict[str, Any]:
        return {
            "TableName": self._table_name,
            "Key": self._key(client_id, _COUNT_ID),
            "UpdateExpression": "ADD #n :by",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#n": "registered"},
            "ExpressionAttributeValues": to_item({":by": by}),
        }

    @staticmethod
    def _key(client_id: str, webhook_id: str) -> dict[str, Any]:
        return to_item({"client_id": client_id, "webhook_id": webhook_id})
