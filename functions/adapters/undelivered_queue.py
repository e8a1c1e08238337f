"""The `undelivered` queue and the queue behind it, from the side of the redelivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.domain.redelivery import DEAD_ATTRIBUTE

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class UndeliveredQueue:
    """Events that SNS gave up delivering, waiting for their next redelivery or dead-lettered."""

    def __init__(self, client: SQSClient, queue_url: str, dead_webhooks_queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._dead_webhooks_queue_url = dead_webhooks_queue_url

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Hide a message from now on for so many seconds."""
        self._client.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def dead_letter(self, body: str, dead_since: str) -> None:
        """Move an event whose schedule is used up to the dead-letter queue."""
        self._client.send_message(
            QueueUrl=self._dead_webhooks_queue_url,
            MessageBody=body,
            MessageAttributes={DEAD_ATTRIBUTE: {"DataType": "String", "StringValue": dead_since}},
        )
