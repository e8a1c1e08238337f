"""The `orders` queue, from the API's side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.domain.execution import OrderMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class OrdersQueue:
    """Accepted orders on their way to the workflow."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, message: OrderMessage) -> str:
        """Put an order on the queue and return the SQS message ID.

        The group makes the queue fair: one client's burst does not delay the others' orders.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
        """
        answer = self._client.send_message(
            QueueUrl=self._queue_url, MessageBody=message.text(), MessageGroupId=message.group
        )
        return answer["MessageId"]
