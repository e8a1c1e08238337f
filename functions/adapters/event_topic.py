"""The `order-events` topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.domain.event import Event

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class EventTopic:
    """Where webhooks hear of events."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, event: Event) -> str:
        """Publish an event to the subscriptions whose filters admit it and return the SNS message ID."""
        answer = self._client.publish(
            TopicArn=self._topic_arn,
            Message=event.message(),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in event.attributes.items()
            },
        )
        return answer["MessageId"]
