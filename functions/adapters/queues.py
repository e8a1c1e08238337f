"""Queues, from the side of their senders and consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Queue:
    """A queue by its URL."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: str, *, delay_seconds: int = 0, group: str | None = None, **attributes: str) -> str:
        """Send a message with its attributes, and return its ID.

        Groups make a queue fair: a burst of one group does not delay the messages of the others.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
        """
        in_group: dict[str, Any] = {} if group is None else {"MessageGroupId": group}
        answer = self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            DelaySeconds=delay_seconds,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
            **in_group,
        )
        return answer["MessageId"]

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Hide a message from now on for so many seconds."""
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )
