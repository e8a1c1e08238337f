"""Registration: what happens when a client registers a URL, for the first time or again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from functions.domain.webhook import Webhook, WebhookStatus


class RegistrationRefused(Exception):  # noqa: N818 - reads as what it is
    """The webhook is not registered; the message says what the client can do."""


class WebhookConflict(RegistrationRefused):
    """The client has to delete a webhook first."""


class TooManyWebhooks(WebhookConflict):
    """The client has as many webhooks as it may have."""


class EndpointRefused(RegistrationRefused):
    """SNS does not take the webhook's URL."""


class TopicFull(RegistrationRefused):
    """The topic has as many subscriptions or filter policies as SNS allows: an operator asks AWS for more.

    https://docs.aws.amazon.com/general/latest/gr/sns.html
    """


class Webhooks(Protocol):
    """Where webhooks are stored."""

    def create(self, webhook: Webhook, *, max_per_client: int) -> Webhook | None:
        """Store a new webhook, or return what is stored; raise `TooManyWebhooks`."""
        ...

    def set_subscription(self, webhook: Webhook, subscription_arn: str) -> None:
        """Store the ARN of the webhook's subscription."""
        ...

    def delete(self, webhook: Webhook) -> None:
        """Delete a webhook."""
        ...


class EventSubscriptions(Protocol):
    """The webhooks' subscriptions to the events."""

    def subscribe(self, webhook: Webhook) -> str:
        """Subscribe a webhook, which asks for its confirmation; raise `EndpointRefused` or `TopicFull`."""
        ...

    def status_of(self, webhook: Webhook) -> WebhookStatus:
        """Return a webhook's status."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A webhook as it is registered from now on."""

    webhook: Webhook
    status: WebhookStatus
    is_new: bool


def register(
    webhook: Webhook, webhooks: Webhooks, subscriptions: EventSubscriptions, *, max_per_client: int
) -> Registration:
    """Register a webhook; the same URL again is the same webhook, and an unconfirmed one is asked again.

    Raises `RegistrationRefused`; a refused webhook leaves no record.
    """
    existing = webhooks.create(webhook, max_per_client=max_per_client)
    if existing is not None and set(existing.event_types) != set(webhook.event_types):
        raise WebhookConflict("This URL is registered for other event types: delete that webhook first.")
    registered = existing or webhook
    status = subscriptions.status_of(registered)
    if status == "pending_confirmation":
        # The record comes first: after a crash in between, registering the URL again completes it.
        try:
            subscription_arn = subscriptions.subscribe(registered)
        except RegistrationRefused:
            if existing is None:
                webhooks.delete(registered)
            raise
        webhooks.set_subscription(registered, subscription_arn)
    return Registration(webhook=registered, status=status, is_new=existing is None)
