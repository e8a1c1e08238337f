"""Registration: what happens when a client registers a URL, registers it again, or deletes its webhook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.confirmation import PendingSubscriptions, Unconfirmed, request_confirmation
from functions.domain.outage import ServiceUnavailable
from functions.domain.registration_refused import RegistrationRefused, WebhookConflict
from functions.domain.webhook import Webhook, WebhookStatus

# Each attempt follows a change that another request of the same client has made meanwhile.
_ATTEMPTS = 5


class Webhooks(PendingSubscriptions, Protocol):
    """Where webhooks are stored."""

    def create(self, webhook: Webhook, *, max_per_client: int) -> Webhook | None:
        """Store a new webhook, or return what is stored; raise `WebhookConflict`."""
        ...

    def find(self, client_id: str, webhook_id: str) -> Webhook | None:
        """Return a client's webhook, or None."""
        ...

    def set_subscription(self, webhook: Webhook, subscription_arn: str) -> bool:
        """Store the ARN of a webhook's subscription; return False where the webhook has been deleted."""
        ...

    def delete(self, webhook: Webhook, *, forget_pending: bool) -> bool:
        """Delete a webhook; return False where its subscription was stored after the webhook was read.

        `forget_pending` removes it from the unconfirmed subscriptions too.
        """
        ...


class EventSubscriptions(Unconfirmed, Protocol):
    """The webhooks' subscriptions to the events."""

    def find(self, webhook: Webhook) -> str | None:
        """Return the ARN of a webhook's subscription that no record has."""
        ...

    def status_of(self, webhook: Webhook) -> WebhookStatus:
        """Return a webhook's status."""
        ...

    def end(self, subscription_arn: str) -> bool:
        """End a subscription; return False where SNS keeps it, without events, since it is unconfirmed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A webhook as it is registered from now on."""

    webhook: Webhook
    status: WebhookStatus
    is_new: bool


def register(
    webhook: Webhook,
    webhooks: Webhooks,
    subscriptions: EventSubscriptions,
    *,
    max_per_client: int,
    now: datetime,
) -> Registration:
    """Register a webhook; the same URL again is the same webhook, and an unconfirmed one is asked again.

    Raises `RegistrationRefused`; a refused webhook leaves no record. Raises `ServiceUnavailable` where the
    webhook was deleted meanwhile.
    """
    existing = webhooks.create(webhook, max_per_client=max_per_client)
    if existing is not None and set(existing.event_types) != set(webhook.event_types):
        raise WebhookConflict("This URL is registered for other event types: delete that webhook first.")
    registered = existing or webhook
    status = subscriptions.status_of(registered)
    if status in ("pending_confirmation", "unsubscribed"):
        # The record comes first: after a crash in between, registering the URL again completes it.
        try:
            subscription_arn = request_confirmation(registered, webhooks, subscriptions, now)
        except RegistrationRefused:
            if existing is None:
                webhooks.delete(registered, forget_pending=False)
            raise
        if not webhooks.set_subscription(registered, subscription_arn):
            # Its DELETE did not know of this subscription: without a record it must not live on.
            if subscriptions.end(subscription_arn):
                webhooks.forget_pending(registered)
            raise ServiceUnavailable(f"webhook {webhook.webhook_id} was deleted during its registration")
        status = "pending_confirmation"
    return Registration(webhook=registered, status=status, is_new=existing is None)


def deregister(webhook: Webhook, webhooks: Webhooks, subscriptions: EventSubscriptions) -> None:
    """End a webhook's subscription and delete its record.

    The record goes last, and only with the subscription that was ended: after a crash the next DELETE
    completes what was begun, and a concurrent registration leaves no subscription without a record. Raises
    `ServiceUnavailable` where the webhook is registered again each time.
    """
    current: Webhook | None = webhook
    for _ in range(_ATTEMPTS):
        if current is None:
            return
        # A crash during the registration may have left a subscription that no record names.
        subscription_arn = current.subscription_arn or subscriptions.find(current)
        is_gone = subscription_arn is None or subscriptions.end(subscription_arn)
        if webhooks.delete(current, forget_pending=is_gone):
            return
        current = webhooks.find(webhook.client_id, webhook.webhook_id)
    raise ServiceUnavailable(f"webhook {webhook.webhook_id} is registered again during its deletion")
