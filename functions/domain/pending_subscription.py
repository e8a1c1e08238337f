"""Subscriptions that nobody has confirmed yet: SNS keeps them, with their filter policies, for two days.

A topic takes 200 filter policies, so a client may have only a few of them at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.registration_refused import WebhookConflict

# Deleted webhooks count too: SNS deletes an unconfirmed subscription after 48 hours and not before.
# https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
MAX_PENDING_PER_CLIENT = 5
_LIFETIME = timedelta(hours=48)
# SNS sends a confirmation several times where it gets no answer: more would be an attack on the URL.
_CONFIRMATION_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSubscription:
    """When SNS was last asked to send the confirmation; the ARN is missing until SNS has answered."""

    requested_at: str
    subscription_arn: str | None = None

    def is_expired(self, now: datetime) -> bool:
        """Whether SNS has deleted the subscription by now."""
        return now - datetime.fromisoformat(self.requested_at) > _LIFETIME

    def is_recent(self, now: datetime) -> bool:
        """Whether a confirmation was sent so recently that another must wait."""
        return now - datetime.fromisoformat(self.requested_at) < _CONFIRMATION_INTERVAL


@dataclass(frozen=True, slots=True)
class Pending:
    """A client's unconfirmed subscriptions by webhook ID, at one revision of their record."""

    subscriptions: Mapping[str, PendingSubscription]
    revision: int

    def others(self, webhook_id: str, now: datetime) -> Mapping[str, PendingSubscription]:
        """Return those of the client's other webhooks that SNS has not deleted."""
        return {
            other_id: each
            for other_id, each in self.subscriptions.items()
            if other_id != webhook_id and not each.is_expired(now)
        }


def refuse_too_many(others: Mapping[str, PendingSubscription]) -> None:
    """Raise `WebhookConflict` where a client has no room for one more unconfirmed subscription."""
    if len(others) >= MAX_PENDING_PER_CLIENT:
        raise WebhookConflict(
            f"You have {MAX_PENDING_PER_CLIENT} subscriptions without confirmation, deleted webhooks of the "
            "last 48 hours included: confirm one first, or wait."
        )
