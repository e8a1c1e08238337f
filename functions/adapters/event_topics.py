"""The topics that webhooks subscribe to, from the side of what publishes to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import Recipient
from functions.domain.event import message_attributes

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class EventTopics:
    """Publishes events, and knows which subscriptions are confirmed."""

    def __init__(self, client: SNSClient) -> None:
        self._client = client

    def publish(self, topic_arn: str, event: StoredEvent, audience: Sequence[str]) -> str:
        """Publish an event for the webhooks of these IDs and return the SNS message ID."""
        answer = self._client.publish(
            TopicArn=topic_arn,
            Message=event.document,
            MessageAttributes=message_attributes(event.client_id, event.event_type, audience),
        )
        return answer["MessageId"]

    def pending_confirmation(self, recipient: Recipient) -> bool | None:
        """Return whether SNS waits for a webhook's confirmation, or None where it has no subscription."""
        if recipient.subscription_arn is None:
            return True
        try:
            answer = self._client.get_subscription_attributes(SubscriptionArn=recipient.subscription_arn)
        except self._client.exceptions.NotFoundException:
            return None
        return answer["Attributes"].get("PendingConfirmation") == "true"
