"""The events that webhooks receive, as CloudEvents 1.0 documents.

SNS signs the document and nothing beside it, so whatever a receiver must be able to trust is inside it.
The documents are built from plain data, without pydantic: inform_client runs for every order, and its input
comes from our own steps. `event_models` describes them, and the tests compare the two.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from functions.domain.order_content import CONTENT_FIELDS, NOT_SENT

OrderEventType = Literal["order.paid", "order.declined", "order.failed"]
HealthEventType = Literal["webhook.failing", "webhook.recovered", "webhook.disabled"]
EventType = OrderEventType | Literal["webhook.test"] | HealthEventType

# Event IDs are UUIDs within this namespace, so the same outcome of the same order always has the same ID.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:events")
ORDER_EVENT_TYPES: tuple[OrderEventType, ...] = get_args(OrderEventType)
# The type of an event is the status that the order then has.
_OUTCOMES = {each.removeprefix("order."): each for each in ORDER_EVENT_TYPES}

AUDIENCE_ALL = "all"
TEST_EVENT_TYPE: Literal["webhook.test"] = "webhook.test"

# What `data` is, with the version of its schema: it changes only when a receiver would have to.
ORDER_SCHEMA = "urn:order-webhooks:schemas:order:1"
TEST_SCHEMA = "urn:order-webhooks:schemas:webhook-test:1"
HEALTH_SCHEMA = "urn:order-webhooks:schemas:webhook-health:1"

# What an event says of an order and of its payment, in this order.
_ORDER_FIELDS = (
    *("request_id", "message_id", "status"),
    *(name for name in CONTENT_FIELDS if name not in NOT_SENT),
    *("payment", "created_at", "updated_at"),
)
_PAYMENT_FIELDS = ("id", "status", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event: its document, and the client it belongs to."""

    document: dict[str, Any]
    client_id: str

    @property
    def id(self) -> str:
        """The event's ID, the same over retries and redeliveries."""
        return str(self.document["id"])

    @property
    def type(self) -> str:
        """The event's type, such as `order.paid`."""
        return str(self.document["type"])

    @property
    def subject(self) -> str:
        """What the event is about: the request ID of an order or of a test, or a webhook's ID."""
        return str(self.document["subject"])

    @property
    def time(self) -> str:
        """When it happened, as a timestamp."""
        return str(self.document["time"])

    def message(self) -> str:
        """Return the document as compact JSON, as it is published and stored."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=False)


def message_attributes(client_id: str, event_type: str, audience: Sequence[str]) -> dict[str, Any]:
    """Return the SNS message attributes of a publication.

    Filter policies read `client_id` and `audience`, the IDs of the webhooks that are addressed.
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
    """
    return {
        "client_id": {"DataType": "String", "StringValue": client_id},
        "event_type": {"DataType": "String", "StringValue": event_type},
        "audience": {"DataType": "String.Array", "StringValue": json.dumps(list(audience))},
    }


def order_event(order: Mapping[str, Any]) -> Event:
    """Return the event with the outcome of an order, which is the document of a stored order.

    Every part of it is a function of the order, so a retry publishes the same bytes. Raises `ValueError`
    for an order that has no outcome yet.
    """
    event_type = _OUTCOMES.get(order["status"])
    if event_type is None:
        raise ValueError(f"order {order['request_id']} is {order['status']}: it has no outcome yet")
    data = {name: order.get(name) for name in _ORDER_FIELDS}
    if data["payment"] is not None:
        data["payment"] = {name: data["payment"].get(name) for name in _PAYMENT_FIELDS}
    return _event(
        _event_id(order["request_id"], event_type),
        event_type,
        client_id=order["client_id"],
        source="/orders",
        subject=order["request_id"],
        time=order["updated_at"],
        dataschema=ORDER_SCHEMA,
        data=data,
    )


def webhook_test_event(client_id: str, webhook_id: str, *, request_id: str, time: str) -> Event:
    """Return the test event for one webhook; the ID of the request that asked for it is its subject."""
    return _event(
        _event_id(request_id, TEST_EVENT_TYPE),
        TEST_EVENT_TYPE,
        client_id=client_id,
        source="/orders",
        subject=request_id,
        time=time,
        dataschema=TEST_SCHEMA,
        data={"webhook_id": webhook_id},
    )


def webhook_health_event(
    client_id: str, webhook_id: str, event_type: HealthEventType, *, time: str, data: Mapping[str, Any]
) -> Event:
    """Return the event that a webhook's health has changed, for the client's other webhooks.

    Its ID is a function of webhook, type and hour: a webhook that fails now and then is reported once an
    hour at most. `data` has `reason` and `last_failure`.
    """
    hour = time[:13]
    return _event(
        _event_id(f"{webhook_id}/{hour}", event_type),
        event_type,
        client_id=client_id,
        source="/webhooks",
        subject=webhook_id,
        time=time,
        dataschema=HEALTH_SCHEMA,
        data={
            "webhook_id": webhook_id,
            "reason": data.get("reason"),
            "last_failure": data.get("last_failure"),
        },
    )


def _event(
    event_id: str,
    event_type: EventType,
    *,
    client_id: str,
    source: str,
    subject: str,
    time: str,
    dataschema: str,
    data: dict[str, Any],
) -> Event:
    document = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": dataschema,
        "clientid": client_id,
        "data": data,
    }
    return Event(document=document, client_id=client_id)


def _event_id(subject: str, event_type: EventType) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{subject}/{event_type}"))
