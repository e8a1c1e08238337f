"""The stack's DynamoDB tables, as an operator reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.adapters.items import from_item
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.instant import now, timestamp
from functions.domain.webhook import Webhook as StoredWebhook
from functions.domain.webhook import WebhookStatus
from ops.target import Target

# The item of each client that counts its webhooks, and is none.
_IS_WEBHOOK = "attribute_exists(event_types)"
_UNCONFIRMED = frozenset({"PendingConfirmation", "Deleted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWebhook:
    """A webhook as it is now; `endpoint_url` is what SNS calls."""

    client_id: str
    webhook_id: str
    endpoint_url: str
    event_types: list[str]
    created_at: str | None
    subscription_arn: str | None
    status: WebhookStatus
    failing_until: str | None

    @property
    def shown_url(self) -> str:
        """The URL without its query, in which a client may have a secret."""
        return self.endpoint_url.partition("?")[0]


def find_order(target: Target, request_id: str) -> Mapping[str, Any] | None:
    """Return an order as it is stored, or None."""
    answer = target.client("dynamodb").get_item(
        TableName=target.output("orders_table_name"),
        Key={"request_id": {"S": request_id}},
        ConsistentRead=True,
    )
    return from_item(answer["Item"]) if "Item" in answer else None


def webhooks_of_client(target: Target, client_id: str) -> list[KnownWebhook]:
    """Return a client's webhooks."""
    table = WebhooksTable(target.client("dynamodb"), target.output("webhooks_table_name"))
    return _known(target, table.of_client(client_id))


def all_webhooks(target: Target) -> list[KnownWebhook]:
    """Return every client's webhooks."""
    pages = (
        target.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=target.output("webhooks_table_name"), FilterExpression=_IS_WEBHOOK)
    )
    stored = [StoredWebhook.model_validate(from_item(item)) for page in pages for item in page["Items"]]
    return _known(target, stored)


def _known(target: Target, stored: Sequence[StoredWebhook]) -> list[KnownWebhook]:
    confirmed = set(_confirmed_subscriptions(target)) if stored else set()
    moment = timestamp(now())
    return [
        KnownWebhook(
            client_id=each.client_id,
            webhook_id=each.webhook_id,
            endpoint_url=each.url if each.managed else each.endpoint,
            event_types=list(each.event_types),
            created_at=each.created_at,
            subscription_arn=each.subscription_arn,
            status=each.status(pending=each.subscription_arn not in confirmed, now=moment),
            failing_until=each.failing_until,
        )
        for each in stored
    ]


def _confirmed_subscriptions(target: Target) -> Iterator[str]:
    pages = (
        target.client("sns")
        .get_paginator("list_subscriptions_by_topic")
        .paginate(TopicArn=target.output("topic_arn"))
    )
    for page in pages:
        for each in page["Subscriptions"]:
            if each["SubscriptionArn"] not in _UNCONFIRMED:
                yield each["SubscriptionArn"]
