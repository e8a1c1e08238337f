"""The `order-events` topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functions.domain.event import Event, message_attributes

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class EventTopic:
    """Where webhooks hear of events."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, event: Event, audience: Sequence[str], *, redelivery: int = 0) -> str:
        """Publish an event to the subscriptions whose filters admit it and return the SNS message ID."""
        attributes = message_attributes(event.client_id, event.type, audience)
        if redelivery:
            attributes["redelivery"] = {"DataType": "String", "StringValue": str(redelivery)}
        answer = self._client.publish(
            TopicArn=self._topic_arn, Message=event.message(), MessageAttributes=attributes
        )
        return answer["MessageId"]
