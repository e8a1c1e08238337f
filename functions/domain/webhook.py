"""Webhooks as they are stored, and as deliveries know them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from functions.domain.deliveries.webhook_state import Recipient
from functions.domain.event import HealthEventType, OrderEventType
from functions.domain.registration_refused import WebhookConflict
from functions.domain.webhook_url import canonical_url, endpoint_of

WebhookEventType = Literal[OrderEventType, HealthEventType]
WebhookStatus = Literal["pending_confirmation", "active", "failing", "paused", "disabled", "unsubscribed"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:webhooks")


class Webhook(BaseModel):
    """A webhook as it is stored.

    `subscription_arn` is missing until SNS has been asked for the subscription, which is to `topic_arn`, and
    `confirmed_at` until it was found confirmed. `managed` webhooks come from the stack's settings. `revision`
    counts how often the subscription was stored. What deliveries have shown is in the deliveries table.
    """

    model_config = ConfigDict(frozen=True)

    client_id: str
    webhook_id: str
    url: str
    event_types: list[WebhookEventType]
    description: str = ""
    created_at: str | None = None
    subscription_arn: str | None = None
    managed: bool = False
    topic_arn: str | None = None
    confirmed_at: str | None = None
    status: Literal["active", "paused"] = "active"
    revision: int = 0

    def document(self) -> dict[str, Any]:
        """Return the webhook as JSON-able data, without what is not known yet."""
        return self.model_dump(exclude_none=True)

    @property
    def registration(self) -> str:
        """What deliveries know this registration of the URL by: a later one has another."""
        return self.created_at or "managed"

    @property
    def filter_policy(self) -> dict[str, list[str]]:
        """The subscription's filter, which never changes: this client's events that are for this webhook.

        Types, pausing and health are decided before an event is published: SNS takes up to 15 minutes to
        apply another filter.
        """
        return {"client_id": [self.client_id], "audience": [self.webhook_id]}

    @property
    def endpoint(self) -> str:
        """The URL that SNS calls."""
        return endpoint_of(self.url, self.webhook_id)


def webhook_id_of(client_id: str, url: str) -> str:
    """Return the ID that a client's URL always has: registering it again is the same webhook."""
    return f"wh_{uuid.uuid5(_NAMESPACE, f'{client_id} {canonical_url(url)}').hex}"


def refuse_other_types(registered: Webhook, event_types: Iterable[WebhookEventType]) -> None:
    """Raise `WebhookConflict` where a URL is registered for other event types."""
    if set(registered.event_types) != set(event_types):
        raise WebhookConflict("This URL is registered for other event types: delete that webhook first.")


def recipient_of(webhook: Webhook, first_topic_arn: str) -> Recipient:
    """Return a webhook as deliveries know it."""
    return Recipient(
        client_id=webhook.client_id,
        webhook_id=webhook.webhook_id,
        registration=webhook.registration,
        topic_arn=webhook.topic_arn or first_topic_arn,
        subscription_arn=webhook.subscription_arn,
        is_paused=webhook.status == "paused",
        confirmed_at=datetime.fromisoformat(webhook.confirmed_at) if webhook.confirmed_at else None,
    )
