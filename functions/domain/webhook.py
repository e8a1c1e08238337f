"""Webhooks: what a client registers, what is stored, and what its owner sees."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.domain.deliveries.webhook_state import DisabledReason, Recipient, WebhookState
from functions.domain.event import HealthEventType, OrderEventType
from functions.domain.instant import timestamp
from functions.domain.readable_text import ReadableText
from functions.domain.timestamp import Timestamp
from functions.domain.webhook_url import URL_SCHEMA, canonical_url, endpoint_of

WebhookEventType = Literal[OrderEventType, HealthEventType]
WebhookStatus = Literal["pending_confirmation", "active", "failing", "paused", "disabled", "unsubscribed"]

# Events about the client's other webhooks are sent only where they are asked for.
ORDER_EVENT_TYPES: tuple[WebhookEventType, ...] = ("order.paid", "order.declined", "order.failed")

_WAITING: dict[WebhookStatus, str] = {
    "pending_confirmation": "SNS has sent a SubscriptionConfirmation and waits for your server to visit its "
    "SubscribeURL. It retries for up to an hour; register the URL again to have another one sent.",
    "unsubscribed": "SNS has no subscription any more: register the URL again.",
    "paused": "You have paused it: PATCH its status to active.",
    "disabled": "It has failed for days, so it was disabled: PATCH its status to active once it works.",
    "failing": "Its last events failed: one event at a time is tried until one is taken.",
}

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:webhooks")


class WebhookRequest(BaseModel):
    """A webhook as a client registers it: a public server's URL, and which events it wants."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: Annotated[str, StringConstraints(min_length=1), Field(json_schema_extra=URL_SCHEMA)]
    event_types: Annotated[list[WebhookEventType], Field(min_length=1, max_length=10)] = list(
        ORDER_EVENT_TYPES
    )
    description: Annotated[str, ReadableText(max_length=200, may_be_empty=True)] = ""


class WebhookChanges(BaseModel):
    """What a client changes of a webhook: what is left out stays as it is.

    `paused` holds events back until the webhook is `active` again, which also re-enables a disabled webhook.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    event_types: Annotated[list[WebhookEventType], Field(min_length=1, max_length=10)] | None = None
    description: Annotated[str, ReadableText(max_length=200, may_be_empty=True)] | None = None
    status: Literal["active", "paused"] | None = None


class WebhookView(BaseModel):
    """A webhook as its owner sees it. `managed` webhooks are the operator's, and have no `created_at`."""

    model_config = ConfigDict(frozen=True)

    webhook_id: str
    url: str
    event_types: list[WebhookEventType]
    description: str
    created_at: Timestamp | None
    managed: bool
    status: WebhookStatus
    topic_arn: Annotated[
        str, Field(description="The SNS topic that signs the events: a receiver accepts no other.")
    ]


class LastFailureView(BaseModel):
    """The latest failure that counted: `status_code` is null where there was no answer."""

    model_config = ConfigDict(frozen=True)

    at: Timestamp
    event_id: str
    status_code: int | None
    response: str


class WebhookDetail(WebhookView):
    """A webhook with its health.

    `consecutive_failures` counts different events since the last success. `waiting_for` says what its events
    wait for, and what ends that; it is null while events are sent.
    """

    last_success_at: Timestamp | None
    last_failure: LastFailureView | None
    consecutive_failures: int
    failing_since: Timestamp | None
    disabled_at: Timestamp | None
    waiting_for: str | None


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

    def owner_view(self, status: WebhookStatus, topic_arn: str) -> WebhookView:
        """Return what the API shows of a webhook."""
        fields = self.model_dump(include=set(WebhookView.model_fields) - {"status", "topic_arn"})
        return WebhookView(**fields, status=status, topic_arn=self.topic_arn or topic_arn)

    def owner_detail(
        self, status: WebhookStatus, topic_arn: str, state: WebhookState | None, *, handshake: str = ""
    ) -> WebhookDetail:
        """Return what the API shows of a webhook and its health; the state is its own registration's.

        `handshake` says why nobody has confirmed its subscription, where that was looked into.
        """
        failure = state.last_failure if state else None
        return WebhookDetail(
            **self.owner_view(status, topic_arn).model_dump(),
            last_success_at=_optional(state.last_success_at if state else None),
            last_failure=failure
            and LastFailureView(
                at=timestamp(failure.at),
                event_id=failure.event_id,
                status_code=failure.status,
                response=failure.response,
            ),
            consecutive_failures=state.failures_in_row if state else 0,
            failing_since=_optional(state.failing_since if state else None),
            disabled_at=_optional(state.disabled_at if state else None),
            waiting_for=handshake or _waiting_for(status, state),
        )

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


def _optional(instant: datetime | None) -> Timestamp | None:
    return None if instant is None else timestamp(instant)


def _waiting_for(status: WebhookStatus, state: WebhookState | None) -> str | None:
    """Return what a webhook's events wait for."""
    if status == "disabled" and state is not None and state.disabled_reason is DisabledReason.GONE:
        return "It answered 410, so it was disabled: PATCH its status to active once it works."
    return _WAITING.get(status)


def webhook_id_of(client_id: str, url: str) -> str:
    """Return the ID that a client's URL always has: registering it again is the same webhook."""
    return f"wh_{uuid.uuid5(_NAMESPACE, f'{client_id} {canonical_url(url)}').hex}"


def new_webhook(
    request: WebhookRequest, *, client_id: str, created_at: str, topic_arn: str | None = None
) -> Webhook:
    """Return the webhook that a client's request asks for."""
    return Webhook(
        client_id=client_id,
        webhook_id=webhook_id_of(client_id, request.url),
        created_at=created_at,
        topic_arn=topic_arn,
        **{**dict(request), "url": canonical_url(request.url)},
    )


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
