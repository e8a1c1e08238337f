"""Events: what a webhook is told, as CloudEvents 1.0 documents."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any, Literal

from functions.domain.order import Order

EventType = Literal["order.paid", "order.declined", "order.failed", "webhook.test"]

# Event IDs are UUIDs within this namespace, so the same outcome of the same order always has the same ID.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:events")
_OUTCOMES: dict[str, EventType] = {
    "paid": "order.paid",
    "declined": "order.declined",
    "failed": "order.failed",
}

AUDIENCE_ALL = "all"
TEST_EVENT_TYPE: EventType = "webhook.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event and whom it is for: the attributes are what subscriptions filter by.

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
    """Return the event that tells an order's outcome.

    Every part of it is a function of the order, so a retry publishes the same bytes. Raises `ValueError`
    for an order that has no outcome yet.
    """
    event_type = _OUTCOMES.get(order.status)
    if event_type is None:
        raise ValueError(f"order {order.request_id} is {order.status}: there is no outcome to tell yet")
    document = _document(
        event_type,
        subject=order.request_id,
        time=order.updated_at,
        data=order.model_dump(exclude={"client_id", "payment_method", "expires_at"}),
    )
    return Event(document=document, client_id=order.client_id, audience=audience)


def trial_event(client_id: str, webhook_id: str, *, request_id: str, time: str) -> Event:
    """Return the event by which a client tries one of its webhooks; the request that asked is its subject."""
    document = _document(TEST_EVENT_TYPE, subject=request_id, time=time, data={"webhook_id": webhook_id})
    return Event(document=document, client_id=client_id, audience=webhook_id)


def _document(event_type: EventType, *, subject: str, time: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_NAMESPACE, f"{subject}/{event_type}")),
        "source": "/orders",
        "type": event_type,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "data": data,
    }
