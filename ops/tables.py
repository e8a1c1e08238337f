"""The stack's DynamoDB tables, as an operator reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.items import from_item
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.changes import state_for
from functions.domain.deliveries.row import Row
from functions.domain.deliveries.webhook_state import WebhookState, standing_of
from functions.domain.event import order_event
from functions.domain.instant import now
from functions.domain.webhook import Webhook as StoredWebhook
from functions.domain.webhook import WebhookStatus, recipient_of
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
    states = deliveries_of(target).find_states(each.webhook_id for each in stored)
    return [
        KnownWebhook(
            client_id=each.client_id,
            webhook_id=each.webhook_id,
            endpoint_url=each.url if each.managed else each.endpoint,
            event_types=list(each.event_types),
            created_at=each.created_at,
            subscription_arn=each.subscription_arn,
            status=_status(each, confirmed, states.get(each.webhook_id)),
        )
        for each in stored
    ]


def _status(webhook: StoredWebhook, confirmed: AbstractSet[str], state: WebhookState | None) -> WebhookStatus:
    if webhook.subscription_arn not in confirmed:
        return "pending_confirmation" if webhook.confirmed_at is None else "unsubscribed"
    known = state_for(recipient_of(webhook, ""), state, now())
    recipient = replace(recipient_of(webhook, ""), confirmed_at=now())
    return standing_of(recipient, replace(known, unsubscribed_at=None)).value


def deliveries_of(target: Target) -> DeliveriesTable:
    """Return a stack's deliveries."""
    return DeliveriesTable(target.client("dynamodb"), target.output("deliveries_table_name"))


def rows_of(target: Target, order: Mapping[str, Any], webhook_ids: Iterable[str]) -> list[Row]:
    """Return the deliveries of an order's event; none where the order has no outcome yet."""
    try:
        event = order_event(order)
    except ValueError:
        return []
    keys = [(each, f"{event.time}#{event.id}") for each in webhook_ids]
    return list(deliveries_of(target).find_rows(keys).values())


def _confirmed_subscriptions(target: Target) -> Iterator[str]:
    for topic_arn in target.output("topic_arns"):
        yield from _confirmed_at(target, topic_arn)


def _confirmed_at(target: Target, topic_arn: str) -> Iterator[str]:
    pages = target.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    for page in pages:
        for each in page["Subscriptions"]:
            if each["SubscriptionArn"] not in _UNCONFIRMED:
                yield each["SubscriptionArn"]
