"""Subscriptions that nobody has confirmed yet: SNS keeps them, with their filter policies, for two days.

A topic takes 200 filter policies, so a client may have only a few of them at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
