"""The `orders` queue and the queue behind it, from the side of their consumer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Why a message is on the dead-letter queue, and the ID that it had before; one that SQS itself moved there
# has neither.
REASON_ATTRIBUTE = "reason"
MESSAGE_ID_ATTRIBUTE = "message_id"


class OrdersIntake:
    """Accepted orders that cannot be started: not now, or never."""

    def __init__(self, client: SQSClient, queue_url: str, dead_letters_queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._dead_letters_queue_url = dead_letters_queue_url

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Hide a message from now on for so many seconds."""
        self._client.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def dead_letter(self, message_id: str, body: str, reason: str) -> None:
        """Move a message that cannot be processed to the dead-letter queue."""
        attributes = {REASON_ATTRIBUTE: reason, MESSAGE_ID_ATTRIBUTE: message_id}
        self._client.send_message(
            QueueUrl=self._dead_letters_queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )
