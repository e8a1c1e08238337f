"""The stack's DynamoDB tables, as an operator reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import webhook_key
from functions.adapters.items import from_item
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.changes import state_for
from functions.domain.deliveries.row import Row
from functions.domain.deliveries.webhook_state import WebhookState, standing_of
from functions.domain.event import order_event
from functions.domain.webhook import Webhook as StoredWebhook
from functions.domain.webhook import WebhookStatus, recipient_of
from ops.errors import NothingFound
from ops.parallel import in_parallel
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
    state: WebhookState | None = None
    """What deliveries have shown of this registration, where anything has."""
    confirmed_at: str | None = None
    topic_arn: str | None = None
    description: str = ""
    is_paused: bool = False
    managed: bool = False
    """Whether the stack's settings have it: then no client can change it."""

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
    return in_parallel(lambda each: _look_at(target, each), webhooks_table(target).of_client(client_id))


def find_webhook(target: Target, webhook_id: str) -> KnownWebhook | None:
    """Return the webhook with an ID, or None: its state or its rows name its client.

    One that has never been sent an event has neither: then the table is read, as for all webhooks.
    """
    client_id = _client_of(target, webhook_id)
    if client_id is None:
        return next((each for each in all_webhooks(target) if each.webhook_id == webhook_id), None)
    stored = webhooks_table(target).find(client_id, webhook_id)
    return None if stored is None else _look_at(target, stored)


def require_webhook(target: Target, webhook_id: str, client_id: str | None = None) -> KnownWebhook:
    """Return the webhook with an ID, of a client where one is given; raise `NothingFound` without one."""
    found = find_webhook(target, webhook_id)
    if found is None or client_id not in (None, found.client_id):
        raise NothingFound(f"{target.name} has no webhook {webhook_id}: perhaps its client has deleted it.")
    return found


def webhooks_of_rows(target: Target, rows: Iterable[Row]) -> dict[str, KnownWebhook]:
    """Return the webhooks of some deliveries by ID, without those that are deleted."""
    table = webhooks_table(target)
    keys = dict.fromkeys((row.client_id, row.webhook_id) for row in rows)
    stored = in_parallel(lambda key: table.find(*key), keys)
    known = in_parallel(lambda each: _look_at(target, each), [each for each in stored if each is not None])
    return {each.webhook_id: each for each in known}


def webhooks_table(target: Target) -> WebhooksTable:
    """Return a stack's webhooks."""
    return WebhooksTable(target.client("dynamodb"), target.output("webhooks_table_name"))


def all_webhooks(target: Target) -> list[KnownWebhook]:
    """Return every client's webhooks: the one table that is read whole (docs/decisions/0040)."""
    paginator = target.client("dynamodb").get_paginator("scan")
    pages = paginator.paginate(TableName=target.output("webhooks_table_name"), FilterExpression=_IS_WEBHOOK)
    stored = [StoredWebhook.model_validate(from_item(item)) for page in pages for item in page["Items"]]
    return _known(target, stored)


def _client_of(target: Target, webhook_id: str) -> str | None:
    state = deliveries_of(target).find_state(webhook_id)
    if state is not None:
        return state.client_id
    newest = target.client("dynamodb").query(
        TableName=target.output("deliveries_table_name"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": webhook_key(webhook_id)}},
        ScanIndexForward=False,
        Limit=1,
    )["Items"]
    return next((from_item(item).get("client_id") for item in newest), None)


def _look_at(target: Target, stored: StoredWebhook) -> KnownWebhook:
    state = deliveries_of(target).find_state(stored.webhook_id)
    subscriptions = Subscriptions(target.client("sns"), find_state=lambda _: state)
    return _known_webhook(stored, state, subscriptions.status_of(stored))


def _known(target: Target, stored: Sequence[StoredWebhook]) -> list[KnownWebhook]:
    confirmed = set(_confirmed_subscriptions(target)) if stored else set()
    states = deliveries_of(target).find_states(each.webhook_id for each in stored)
    return [
        _known_webhook(each, state, _status(each, confirmed, state, target.now()))
        for each in stored
        for state in [states.get(each.webhook_id)]
    ]


def _known_webhook(stored: StoredWebhook, state: WebhookState | None, status: WebhookStatus) -> KnownWebhook:
    is_own = state is not None and state.registration == stored.registration
    return KnownWebhook(
        client_id=stored.client_id,
        webhook_id=stored.webhook_id,
        endpoint_url=stored.url if stored.managed else stored.endpoint,
        event_types=list(stored.event_types),
        created_at=stored.created_at,
        subscription_arn=stored.subscription_arn,
        status=status,
        state=state if is_own else None,
        confirmed_at=stored.confirmed_at,
        topic_arn=stored.topic_arn,
        description=stored.description,
        is_paused=stored.status == "paused",
        managed=stored.managed,
    )


def _status(
    webhook: StoredWebhook, confirmed: AbstractSet[str], state: WebhookState | None, now: datetime
) -> WebhookStatus:
    if webhook.subscription_arn not in confirmed:
        return "pending_confirmation" if webhook.confirmed_at is None else "unsubscribed"
    known = state_for(recipient_of(webhook, ""), state, now)
    recipient = replace(recipient_of(webhook, ""), confirmed_at=now)
    return standing_of(recipient, replace(known, unsubscribed_at=None)).value


def deliveries_of(target: Target) -> DeliveriesTable:
    """Return a stack's deliveries."""
    return DeliveriesTable(target.client("dynamodb"), target.output("deliveries_table_name"))


def rows_of(target: Target, order: Mapping[str, Any], webhook_ids: Iterable[str]) -> list[Row]:
    """Return an order's deliveries to these webhooks, and to its event's first recipients, deleted or not."""
    try:
        event = order_event(order)
    except ValueError:
        return []
    table = deliveries_of(target)
    stored = table.find_event(event.id)
    ids = [*webhook_ids, *(stored.webhook_ids if stored else ())]
    return list(table.find_rows((each, f"{event.time}#{event.id}") for each in ids).values())


def _confirmed_subscriptions(target: Target) -> Iterator[str]:
    for confirmed in in_parallel(lambda arn: _confirmed_at(target, arn), target.output("topic_arns")):
        yield from confirmed


def _confirmed_at(target: Target, topic_arn: str) -> list[str]:
    pages = target.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    arns = (each["SubscriptionArn"] for page in pages for each in page["Subscriptions"])
    return [each for each in arns if each not in _UNCONFIRMED]
