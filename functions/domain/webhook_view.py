"""What the owner of a webhook sees of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from functions.domain.deliveries.webhook_state import DisabledReason, WebhookState
from functions.domain.instant import optional_timestamp, timestamp
from functions.domain.timestamp import Timestamp
from functions.domain.webhook import Webhook, WebhookEventType, WebhookStatus

_WAITING: dict[WebhookStatus, str] = {
    "pending_confirmation": "SNS has sent a SubscriptionConfirmation and waits for your server to visit its "
    "SubscribeURL. It retries for up to an hour; register the URL again to have another one sent.",
    "unsubscribed": "SNS has no subscription any more: register the URL again.",
    "paused": "You have paused it: PATCH its status to active.",
    "disabled": "It has failed for days, so it was disabled: PATCH its status to active once it works.",
    "failing": "Its last events failed: one event at a time is tried until one is taken.",
}


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

    `last_success_at` is written once a minute at most: the last success may be that much younger.
    `consecutive_failures` counts different events since the last success. `waiting_for` says what its events
    wait for, and what ends that; it is null while events are sent.
    """

    last_success_at: Timestamp | None
    last_failure: LastFailureView | None
    consecutive_failures: int
    failing_since: Timestamp | None
    disabled_at: Timestamp | None
    waiting_for: str | None


def owner_view(webhook: Webhook, status: WebhookStatus, topic_arn: str) -> WebhookView:
    """Return what the API shows of a webhook."""
    fields = webhook.model_dump(include=set(WebhookView.model_fields) - {"status", "topic_arn"})
    return WebhookView(**fields, status=status, topic_arn=webhook.topic_arn or topic_arn)


def owner_detail(
    webhook: Webhook,
    status: WebhookStatus,
    topic_arn: str,
    state: WebhookState | None,
    *,
    handshake: str = "",
) -> WebhookDetail:
    """Return what the API shows of a webhook and its health; the state is its own registration's.

    `handshake` says why nobody has confirmed its subscription, where that was looked into.
    """
    failure = state.last_failure if state else None
    return WebhookDetail(
        **owner_view(webhook, status, topic_arn).model_dump(),
        last_success_at=optional_timestamp(state.last_success_at if state else None),
        last_failure=failure
        and LastFailureView(
            at=timestamp(failure.at),
            event_id=failure.event_id,
            status_code=failure.status,
            response=failure.response,
        ),
        consecutive_failures=state.failures_in_row if state else 0,
        failing_since=optional_timestamp(state.failing_since if state else None),
        disabled_at=optional_timestamp(state.disabled_at if state else None),
        waiting_for=handshake or _waiting_for(status, state),
    )


def _waiting_for(status: WebhookStatus, state: WebhookState | None) -> str | None:
    """Return what a webhook's events wait for."""
    if status == "disabled" and state is not None and state.disabled_reason is DisabledReason.GONE:
        return "It answered 410, so it was disabled: PATCH its status to active once it works."
    return _WAITING.get(status)
