"""The queues of signals: what SNS could not deliver, and what record_deliveries could not record yet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from functions.domain.deliveries.log_batch import LogEvent

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_DELAY_SECONDS = 60
# Well below what SQS takes in one message, with its escapes.
_EVENTS_A_MESSAGE = 50


class SignalQueues:
    """The queue `record-deliveries-failed`, and the dead-letter queue of what cannot be read."""

    def __init__(self, client: SQSClient, failed_queue_url: str, unreadable_queue_url: str) -> None:
        self._client = client
        self._failed_queue_url = failed_queue_url
        self._unreadable_queue_url = unreadable_queue_url

    def defer(self, events: Sequence[LogEvent]) -> None:
        """Have log events handed to record_deliveries again in a minute."""
        for start in range(0, len(events), _EVENTS_A_MESSAGE):
            part = events[start : start + _EVENTS_A_MESSAGE]
            body = [[each.message, each.logged_at_ms, each.log_group] for each in part]
            self._client.send_message(
                QueueUrl=self._failed_queue_url,
                MessageBody=json.dumps({"log_events": body}),
                DelaySeconds=_DELAY_SECONDS,
            )

    def dead_letter(self, body: str, reason: str) -> None:
        """Keep a message that cannot be read for an operator."""
        self._client.send_message(
            QueueUrl=self._unreadable_queue_url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
        )

    def hide(self, queue_url: str, receipt_handle: str, seconds: int) -> None:
        """Hide a message from now on for so many seconds."""
        self._client.change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )


def deferred_events(body: dict[str, list[list[str]]]) -> list[LogEvent]:
    """Return the log events of a message that `defer` has sent."""
    return [
        LogEvent(message=message, logged_at_ms=int(logged_at_ms), log_group=log_group)
        for message, logged_at_ms, log_group in body["log_events"]
    ]
