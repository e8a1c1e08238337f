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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event and whom it is for: the attributes are what subscriptions filter by."""

    document: dict[str, Any]
    client_id: str
    audience: str

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
        return {"client_id": self.client_id, "event_type": self.type, "audience": self.audience}

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
    document = {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_NAMESPACE, f"{order.request_id}/{event_type}")),
        "source": "/orders",
        "type": event_type,
        "subject": order.request_id,
        "time": order.updated_at,
        "datacontenttype": "application/json",
        "data": order.model_dump(exclude={"client_id", "payment_method", "expires_at"}),
    }
    return Event(document=document, client_id=order.client_id, audience=audience)
