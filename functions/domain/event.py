"""The events that webhooks receive, as CloudEvents 1.0 documents.

SNS signs the document and nothing beside it, so whatever a receiver must be able to trust is inside it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.domain.instant import Timestamp
from functions.domain.order import Order, OrderSummary

OrderEventType = Literal["order.paid", "order.declined", "order.failed"]
EventType = OrderEventType | Literal["webhook.test"]

# Event IDs are UUIDs within this namespace, so the same outcome of the same order always has the same ID.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:events")
_OUTCOMES: dict[str, OrderEventType] = {
    "paid": "order.paid",
    "declined": "order.declined",
    "failed": "order.failed",
}

AUDIENCE_ALL = "all"
TEST_EVENT_TYPE: Literal["webhook.test"] = "webhook.test"


class _CloudEvent(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    source: Literal["/orders"] = "/orders"
    type: EventType
    subject: str
    time: Timestamp
    datacontenttype: Literal["application/json"] = "application/json"
    clientid: Annotated[str, Field(description="The client that the event belongs to: compare it.")]


class OrderEvent(_CloudEvent):
    """The outcome of an order; the order's request ID is the subject."""

    type: OrderEventType
    data: OrderSummary


class WebhookTestData(BaseModel):
    """The webhook that the test event is for."""

    model_config = ConfigDict(frozen=True)

    webhook_id: str


class WebhookTestEvent(_CloudEvent):
    """A test event that a client sends to one of its webhooks; the ID of that request is the subject."""

    type: Literal["webhook.test"] = TEST_EVENT_TYPE
    data: WebhookTestData


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event and its recipients: the attributes are what subscriptions filter by.

    `redelivery` counts how often the event has been published again for a webhook that did not get it.
    """

    document: dict[str, Any]
    client_id: str
    audience: str
    redelivery: int = 0

    @property
    def id(self) -> str:
        """The event's ID, the same over retries and redeliveries."""
        return str(self.document["id"])

    @property
    def type(self) -> str:
        """The event's type, such as `order.paid`."""
        return str(self.document["type"])

    @property
    def attributes(self) -> dict[str, str]:
        """The message attributes that the subscriptions' filter policies read."""
        attributes = {"client_id": self.client_id, "event_type": self.type, "audience": self.audience}
        return attributes | ({"redelivery": str(self.redelivery)} if self.redelivery else {})

    def message(self) -> str:
        """Return the document as compact JSON."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=False)


def order_event(order: Order, *, audience: str = AUDIENCE_ALL) -> Event:
    """Return the event with an order's outcome.

    Every part of it is a function of the order, so a retry publishes the same bytes. Raises `ValueError`
    for an order that has no outcome yet.
    """
    event_type = _OUTCOMES.get(order.status)
    if event_type is None:
        raise ValueError(f"order {order.request_id} is {order.status}: it has no outcome yet")
    event = OrderEvent(
        id=_event_id(order.request_id, event_type),
        type=event_type,
        subject=order.request_id,
        time=order.updated_at,
        clientid=order.client_id,
        data=order.summary(),
    )
    return Event(document=event.model_dump(), client_id=order.client_id, audience=audience)


def webhook_test_event(client_id: str, webhook_id: str, *, request_id: str, time: str) -> Event:
    """Return the test event for one webhook; the ID of the request that asked for it is its subject."""
    event = WebhookTestEvent(
        id=_event_id(request_id, TEST_EVENT_TYPE),
        subject=request_id,
        time=time,
        clientid=client_id,
        data=WebhookTestData(webhook_id=webhook_id),
    )
    return Event(document=event.model_dump(), client_id=client_id, audience=webhook_id)


def _event_id(subject: str, event_type: EventType) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{subject}/{event_type}"))
