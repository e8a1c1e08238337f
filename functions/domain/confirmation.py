"""Confirmations: when SNS is asked to send one, and how many a client may leave unanswered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.instant import timestamp
from functions.domain.outage import ServiceUnavailable
from functions.domain.pending_subscription import MAX_PENDING_PER_CLIENT, PendingSubscription
from functions.domain.registration_refused import RegistrationRefused, WebhookConflict
from functions.domain.webhook import Webhook

# Each attempt follows a change that another request of the same client has made meanwhile.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """A client's unconfirmed subscriptions by webhook ID, at one revision of their record."""

    subscriptions: Mapping[str, PendingSubscription]
    revision: int


class PendingSubscriptions(Protocol):
    """Where it is stored which of a client's subscriptions are unconfirmed."""

    def pending_of(self, client_id: str) -> Pending:
        """Return a client's unconfirmed subscriptions."""
        ...

    def save_pending(self, client_id: str, pending: Pending) -> bool:
        """Store a client's unconfirmed subscriptions; return False where the revision has changed."""
        ...

    def forget_pending(self, webhook: Webhook) -> None:
        """Remove a webhook from its client's unconfirmed subscriptions."""
        ...


class Unconfirmed(Protocol):
    """The subscriptions at SNS, as far as their confirmation is concerned."""

    def subscribe(self, webhook: Webhook) -> str:
        """Subscribe a webhook, which sends a confirmation; raise `EndpointRefused` or `TopicFull`."""
        ...

    def restore(self, webhook: Webhook, subscription_arn: str) -> bool:
        """Set the filter of a subscription that was ended but is kept by SNS; return False if it is gone."""
        ...

    def is_unconfirmed(self, subscription_arn: str) -> bool:
        """Return whether SNS has the subscription and waits for its confirmation."""
        ...


def request_confirmation(
    webhook: Webhook, webhooks: PendingSubscriptions, subscriptions: Unconfirmed, now: datetime
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
    webhook: Webhook, pending: Pending, subscriptions: Unconfirmed, now: datetime
) -> Mapping[str, PendingSubscription]:
    """Return the client's other unconfirmed subscriptions; raise `WebhookConflict`."""
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
        raise WebhookConflict(
            f"You have {MAX_PENDING_PER_CLIENT} subscriptions without confirmation, deleted webhooks of the "
            "last 48 hours included: confirm one first, or wait."
        )
    return others
