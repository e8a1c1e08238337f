"""Each client's own record in the `webhooks` table: how many webhooks it has, and which are unconfirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from functions.adapters.conflicts import retrying_conflicts
from functions.adapters.items import from_item, to_item
from functions.domain.pending_subscription import Pending, PendingSubscription
from functions.domain.webhook import Webhook

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Where an ID would be; it sorts before all of them.
COUNT_ID = "#count"


class ClientRecords:
    """The records by client."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self.client = client
        self.table_name = table_name

    def pending_of(self, client_id: str) -> Pending:
        """Return a client's unconfirmed subscriptions."""
        answer = self.client.get_item(
            TableName=self.table_name, Key=self.key(client_id, COUNT_ID), ConsistentRead=True
        )
        item = from_item(answer.get("Item", {}))
        subscriptions = {
            webhook_id: PendingSubscription(**each) for webhook_id, each in item.get("pending", {}).items()
        }
        return Pending(subscriptions, item.get("pending_revision", 0))

    def save_pending(self, client_id: str, pending: Pending) -> bool:
        """Store a client's unconfirmed subscriptions; return False where the revision has changed."""
        subscriptions = {
            webhook_id: {name: value for name, value in asdict(each).items() if value is not None}
            for webhook_id, each in pending.subscriptions.items()
        }
        values = {":pending": subscriptions, ":read": pending.revision, ":next": pending.revision + 1}
        try:
            retrying_conflicts(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key=self.key(client_id, COUNT_ID),
                    UpdateExpression="SET pending = :pending, pending_revision = :next",
                    ConditionExpression="attribute_not_exists(pending_revision) OR pending_revision = :read",
                    ExpressionAttributeValues=to_item(values),
                )
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def forget_pending(self, webhook: Webhook) -> None:
        """Remove a webhook from its client's unconfirmed subscriptions."""
        self.update_pending(webhook, "REMOVE pending.#id", {})

    def update_pending(self, webhook: Webhook, expression: str, values: Mapping[str, Any]) -> None:
        """Change a webhook's entry among the unconfirmed subscriptions, where there is one.

        The revision changes too: a registration that read the entry before reads it again.
        """
        change, _, rest = expression.partition(" ")
        added = "pending_revision = pending_revision + :one"
        expression = f"SET {rest}, {added}" if change == "SET" else f"SET {added} {expression}"
        try:
            retrying_conflicts(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key=self.key(webhook.client_id, COUNT_ID),
                    UpdateExpression=expression,
                    ConditionExpression="attribute_exists(pending.#id)",
                    ExpressionAttributeNames={"#id": webhook.webhook_id},
                    ExpressionAttributeValues=to_item({**values, ":one": 1}),
                )
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return

    @staticmethod
    def key(client_id: str, webhook_id: str) -> dict[str, Any]:
        """Return the key of an item of the table."""
        return to_item({"client_id": client_id, "webhook_id": webhook_id})
