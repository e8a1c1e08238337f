"""Webhooks: what a client registers, what is stored, and what its owner sees."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.domain.event import AUDIENCE_ALL, TEST_EVENT_TYPE, OrderEventType
from functions.domain.readable_text import ReadableText
from functions.domain.timestamp import Timestamp
from functions.domain.webhook_url import URL_SCHEMA, canonical_url, endpoint_of

WebhookStatus = Literal["pending_confirmation", "active", "failing"]

ORDER_EVENT_TYPES: tuple[OrderEventType, ...] = ("order.paid", "order.declined", "order.failed")

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:webhooks")


class WebhookRequest(BaseModel):
    """A webhook as a client registers it: a public server's URL, and which events it wants."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: Annotated[str, StringConstraints(min_length=1), Field(json_schema_extra=URL_SCHEMA)]
    event_types: Annotated[list[OrderEventType], Field(min_length=1, max_length=10)] = list(ORDER_EVENT_TYPES)
    description: Annotated[str, ReadableText(max_length=200, may_be_empty=True)] = ""


class WebhookView(BaseModel):
    """A webhook as its owner sees it. `managed` webhooks are the operator's, and have no `created_at`."""

    model_config = ConfigDict(frozen=True)

    webhook_id: str
    url: str
    event_types: list[OrderEventType]
    description: str
    created_at: Timestamp | None
    managed: bool
    status: WebhookStatus
    topic_arn: Annotated[
        str, Field(description="The SNS topic that signs the events: a receiver accepts no other.")
    ]


class Webhook(BaseModel):
    """A webhook as it is stored.

    `subscription_arn` is missing until SNS has been asked for the subscription. `managed` webhooks come from
    the stack's settings. `failing_until` is the instant, as a timestamp, until which SNS is known to have
    given up on an event lately. `revision` counts how often the subscription was stored.
    """

    model_config = ConfigDict(frozen=True)

    client_id: str
    webhook_id: str
    url: str
    event_types: list[OrderEventType]
    description: str = ""
    created_at: str | None = None
    subscription_arn: str | None = None
    managed: bool = False
    failing_until: str | None = None
    revision: int = 0

    def document(self) -> dict[str, Any]:
        """Return the webhook as JSON-able data, without what is not known yet."""
        return self.model_dump(exclude_none=True)

    def owner_view(self, status: WebhookStatus, topic_arn: str) -> WebhookView:
        """Return what the API shows of a webhook."""
        fields = self.model_dump(include=set(WebhookView.model_fields))
        return WebhookView(**fields, status=status, topic_arn=topic_arn)

    def status(self, *, pending: bool, now: str) -> WebhookStatus:
        """Return the webhook's status, given whether SNS still waits for its confirmation."""
        if pending:
            return "pending_confirmation"
        return "failing" if self.failing_until is not None and now < self.failing_until else "active"

    @property
    def filter_policy(self) -> dict[str, list[str]]:
        """The subscription's filter: this client's events, of these types, for everybody or for it alone."""
        return {
            "client_id": [self.client_id],
            "event_type": sorted([*self.event_types, TEST_EVENT_TYPE]),
            "audience": [AUDIENCE_ALL, self.webhook_id],
        }

    @property
    def endpoint(self) -> str:
        """The URL that SNS calls."""
        return endpoint_of(self.url, self.webhook_id)


def webhook_id_of(client_id: str, url: str) -> str:
    """Return the ID that a client's URL always has: registering it again is the same webhook."""
    return f"wh_{uuid.uuid5(_NAMESPACE, f'{client_id} {canonical_url(url)}').hex}"


def new_webhook(request: WebhookRequest, *, client_id: str, created_at: str) -> Webhook:
    """Return the webhook that a client's request asks for."""
    return Webhook(
        client_id=client_id,
        webhook_id=webhook_id_of(client_id, request.url),
        created_at=created_at,
        **{**dict(request), "url": canonical_url(request.url)},
    )
