"""Registration: what happens when a client registers a URL, registers it again, or deletes its webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.instant import timestamp
from functions.domain.outage import ServiceUnavailable
from functions.domain.pending_subscription import (
    MAX_PENDING_PER_CLIENT,
    Pending,
    PendingSubscription,
    refuse_too_many,
)
from functions.domain.registration_refused import RegistrationRefused
from functions.domain.webhook import Webhook, WebhookStatus, refuse_other_types

# Each attempt follows a change that another request of the same client has made meanwhile.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A webhook as it is registered from now on."""

    webhook: Webhook
    status: WebhookStatus
    is_new: bool


def register(
    webhook: Webhook,
    webhooks: WebhooksTable,
    subscriptions: Subscriptions,
    *,
    max_per_client: int,
    now: datetime,
) -> Registration:
    """Register a webhook; the same URL again is the same webhook, and an unconfirmed one is asked again.

    Raises `RegistrationRefused`; a refused webhook leaves no record. Raises `ServiceUnavailable` where the
    webhook was deleted meanwhile.
    """
    existing = webhooks.create(webhook, max_per_client=max_per_client)
    registered = existing or webhook
    refuse_other_types(registered, webhook.event_types)
    status = subscriptions.status_of(registered)
    if status in ("pending_confirmation", "unsubscribed"):
        # The record comes first: after a crash in between, registering the URL again completes it.
        try:
            subscription_arn = _request_confirmation(registered, webhooks, subscriptions, now)
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


def deregister(webhook: Webhook, webhooks: WebhooksTable, subscriptions: Subscriptions) -> None:
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


def _request_confirmation(
    webhook: Webhook, webhooks: WebhooksTable, subscriptions: Subscriptions, now: datetime
) -> str:
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
    webhook: Webhook, pending: Pending, subscriptions: Subscriptions, now: datetime
) -> Mapping[str, PendingSubscription]:
    """Return the client's other unconfirmed subscriptions; raise `WebhookConflict` for too many."""
    others = pending.others(webhook.webhook_id, now)
    if len(others) >= MAX_PENDING_PER_CLIENT:
        # Only now is it worth a call to SNS each: some may have been confirmed.
        others = {
            webhook_id: each
            for webhook_id, each in others.items()
            if each.subscription_arn is None or subscriptions.is_unconfirmed(each.subscription_arn)
        }
    refuse_too_many(others)
    return others
