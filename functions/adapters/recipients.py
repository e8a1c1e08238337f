"""The `webhooks` table as deliveries need it: without the models of requests, which take long to import."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.adapters.conflicts import retrying_conflicts
from functions.adapters.items import from_item, to_item
from functions.domain.deliveries.webhook_state import Recipient
from functions.domain.instant import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# What the table has beside webhooks sorts before all of their IDs.
_COUNT_ID = "#count"
_MANAGED = "managed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWebhook:
    """A recipient, which types of events it is sent, and where to."""

    recipient: Recipient
    event_types: frozenset[str]
    url: str


class Recipients:
    """Webhooks by client and ID. `first_topic_arn` is the topic of those whose record names none."""

    def __init__(self, client: DynamoDBClient, table_name: str, first_topic_arn: str) -> None:
        self._client = client
        self._table_name = table_name
        self._first_topic_arn = first_topic_arn

    def of_client(self, client_id: str) -> list[RegisteredWebhook]:
        """Return all webhooks of a client, by ID."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            KeyConditionExpression="client_id = :client AND webhook_id > :count",
            ExpressionAttributeValues=to_item({":client": client_id, ":count": _COUNT_ID}),
            ConsistentRead=True,
        )
        return [self._webhook(from_item(item)) for page in pages for item in page["Items"]]

    def find(self, client_id: str, webhook_id: str) -> Recipient | None:
        """Return a client's webhook, or None."""
        item = self._client.get_item(
            TableName=self._table_name,
            Key=to_item({"client_id": client_id, "webhook_id": webhook_id}),
            ConsistentRead=True,
        ).get("Item")
        return None if item is None else self._webhook(from_item(item)).recipient

    def confirm(self, recipient: Recipient, at: datetime) -> Recipient:
        """Store when a webhook's subscription was found confirmed, and return the webhook with it.

        Where it has been deleted, registered or subscribed again meanwhile, nothing changes.
        """
        try:
            retrying_conflicts(
                lambda: self._client.update_item(
                    TableName=self._table_name,
                    Key=to_item({"client_id": recipient.client_id, "webhook_id": recipient.webhook_id}),
                    UpdateExpression="SET confirmed_at = :at",
                    ConditionExpression="subscription_arn = :arn AND "
                    "(created_at = :registration OR :registration = :managed)",
                    ExpressionAttributeValues=to_item(
                        {
                            ":at": timestamp(at),
                            ":arn": recipient.subscription_arn,
                            ":registration": recipient.registration,
                            ":managed": _MANAGED,
                        }
                    ),
                )
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return recipient
        return replace(recipient, confirmed_at=at)

    def _webhook(self, record: dict[str, Any]) -> RegisteredWebhook:
        registration = record.get("created_at") or _MANAGED
        confirmed_at = record.get("confirmed_at")
        return RegisteredWebhook(
            recipient=Recipient(
                client_id=record["client_id"],
                webhook_id=record["webhook_id"],
                registration=registration,
                topic_arn=record.get("topic_arn") or self._first_topic_arn,
                subscription_arn=record.get("subscription_arn"),
                is_paused=record.get("status") == "paused",
                confirmed_at=datetime.fromisoformat(confirmed_at) if confirmed_at else None,
            ),
            event_types=frozenset(record["event_types"]),
            url=record["url"],
        )
