"""Registration: what happens when a client registers a URL, registers it again, or deletes its webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.instant import timestamp
from functions.domain.outage import ServiceUnavailable
from functions.domain.pending_subscription import MAX_PENDING_PER_CLIENT, PendingSubscription
from functions.domain.webhook import Webhook, WebhookStatus

# Each attempt follows a change that another request of the same client has made meanwhile.
_ATTEMPTS = 5


class RegistrationRefused(Exception):  # noqa: N818 - reads as what it is
    """The webhook is not registered; the message says what the client can do."""


class WebhookConflict(RegistrationRefused):
    """The client has to delete or confirm a webhook first."""


class TooManyWebhooks(WebhookConflict):
    """The client has as many webhooks as it may have."""


class TooManyPending(WebhookConflict):
    """The client has as many unconfirmed subscriptions as it may have."""


class EndpointRefused(RegistrationRefused):
    """SNS does not take the webhook's URL."""


class TopicFull(RegistrationRefused):
    """The topic has as many subscriptions or filter policies as SNS allows: an operator asks AWS for more.

    https://docs.aws.amazon.com/general/latest/gr/sns.html
    """


@dataclass(frozen=True, slots=True)
class Pending:
    """A client's unconfirmed subscriptions by webhook ID, at one revision of their record."""

    subscriptions: Mapping[str, PendingSubscription]
    revision: int


class Webhooks(Protocol):
    """Where webhooks are stored."""

    def create(self, webhook: Webhook, *, max_per_client: int) -> Webhook | None:
        """Store a new webhook, or return what is stored; raise `TooManyWebhooks`."""
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

    def pending_of(self, client_id: str) -> Pending:
        """Return a client's unconfirmed subscriptions."""
        ...

    def save_pending(self, client_id: str, pending: Pending) -> bool:
        """Store a client's unconfirmed subscriptions; return False where the revision has changed."""
        ...

    def forget_pending(self, webhook: Webhook) -> None:
        """Remove a webhook from its client's unconfirmed subscriptions."""
        ...


class EventSubscriptions(Protocol):
    """The webhooks' subscriptions to the events."""

    def subscribe(self, webhook: Webhook) -> str:
        """Subscribe a webhook, which sends a confirmation; raise `EndpointRefused` or `TopicFull`."""
        ...

    def find(self, webhook: Webhook) -> str | None:
        """Return the ARN of a webhook's subscription that no record has."""
        ...

    def restore(self, webhook: Webhook, subscription_arn: str) -> bool:
        """Set the filter of a subscription that was ended but is kept by SNS; return False if it is gone."""
        ...

    def is_unconfirmed(self, subscription_arn: str) -> bool:
        """Return whether SNS has the subscription and waits for its confirmation."""
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
            subscription_arn = _subscribe(registered, webhooks, subscriptions, now)
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


def _subscribe(webhook: Webhook, webhooks: Webhooks, subscriptions: EventSubscriptions, now: datetime) -> str:
    """Return the ARN of an unconfirmed webhook's subscription; have a confirmation sent if it is time."""
    for _ in range(_ATTEMPTS):
        pending = webhooks.pending_of(webhook.client_id)
        mine = pending.subscriptions.get(webhook.webhook_id)
        if (
            mine is not None
            and mine.subscription_arn is not None
            and mine.is_recent(now)
            and subscriptions.restore(webhook, mine.subscription_arn)
        ):
            return mine.subscription_arn
        others = _others(webhook, pending, subscriptions, now)
        requested = {webhook.webhook_id: PendingSubscription(requested_at=timestamp(now))}
        if webhooks.save_pending(webhook.client_id, Pending({**others, **requested}, pending.revision)):
            break
    else:
        raise ServiceUnavailable(f"the unconfirmed subscriptions of {webhook.client_id} change all the time")
    try:
        return subscriptions.subscribe(webhook)
    except RegistrationRefused:
        webhooks.forget_pending(webhook)
        raise


def _others(
    webhook: Webhook, pending: Pending, subscriptions: EventSubscriptions, now: datetime
) -> Mapping[str, PendingSubscription]:
    """Return the client's other unconfirmed subscriptions; raise `TooManyPending`."""
    others = {
        webhook_id: each
        for webhook_id, each in pending.subscriptions.items()
        if webhook_id != webhook.webhook_id and not each.is_expired(now)
    }
    if len(others) >= MAX_PENDING_PER_CLIENT:
        # Only now is it worth a call to SNS each: some may have been confirmed.
        others = {
            webhook_id: each
            for webhook_id, each in others.items()
            if each.subscription_arn is None or subscriptions.is_unconfirmed(each.subscription_arn)
        }
    if len(others) >= MAX_PENDING_PER_CLIENT:
        raise TooManyPending(
            f"You have {MAX_PENDING_PER_CLIENT} subscriptions without confirmation, deleted webhooks of the "
            "last 48 hours included: confirm one first, or wait."
        )
    return others
