"""Dead-lettered events: list them, and restart their redelivery."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from functions.domain.instant import now, timestamp
from functions.domain.redelivery import DEAD_ATTRIBUTE
from ops.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Long enough to read, decide and move one round; what is not moved shows again after it.
_VISIBILITY_TIMEOUT_SECONDS = 60
_BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEvent:
    """One event that one webhook never accepted. Fields that could not be read are empty."""

    queue_message_id: str
    receipt_handle: str
    body: str
    attributes: Mapping[str, Any]
    client_id: str
    event_type: str
    event_id: str
    request_id: str
    subscription_arn: str
    dead_since: str


class DeadWebhooks:
    """The `dead-webhooks` queue, and the `undelivered` queue that a replay goes to."""

    def __init__(self, sqs: SQSClient, dead_webhooks_queue_url: str, undelivered_queue_url: str) -> None:
        self._sqs = sqs
        self._dead_url = dead_webhooks_queue_url
        self._undelivered_url = undelivered_queue_url

    @classmethod
    def of(cls, target: Target) -> DeadWebhooks:
        """Return a stack's."""
        return cls(
            target.client("sqs"),
            target.output("dead_webhooks_queue_url"),
            target.output("undelivered_queue_url"),
        )

    def look(self) -> list[DeadEvent]:
        """Return every event and leave all on the queue.

        This queue has no consumer and no dead-letter queue, so a receive count means nothing here, unlike on
        `undelivered`. Events are hidden only while this reads.
        """
        events = list(self.events())
        for event in events:
            self.show_again(event)
        return events

    def events(self) -> Iterator[DeadEvent]:
        """Yield every event once; each is hidden from others for a minute."""
        seen: set[str] = set()
        while True:
            messages = self._sqs.receive_message(
                QueueUrl=self._dead_url,
                MaxNumberOfMessages=_BATCH,
                MessageAttributeNames=["All"],
                VisibilityTimeout=_VISIBILITY_TIMEOUT_SECONDS,
                WaitTimeSeconds=1,
            ).get("Messages", [])
            fresh = [message for message in messages if message["MessageId"] not in seen]
            if not fresh:
                return
            for message in fresh:
                seen.add(message["MessageId"])
                yield _read(message)

    def show_again(self, event: DeadEvent) -> None:
        """Stop hiding an event that stays where it is."""
        self._sqs.change_message_visibility(
            QueueUrl=self._dead_url, ReceiptHandle=event.receipt_handle, VisibilityTimeout=0
        )

    def replay(self, event: DeadEvent) -> None:
        """Move an event to the undelivered queue: it is published at once and gets a new schedule.

        It is sent before it is deleted, so a crash in between replays it twice, with the same event ID. A
        message that SQS moved here lacks the attribute that marks a replay, and gets it now.
        """
        attributes = {DEAD_ATTRIBUTE: _text(timestamp(now())), **event.attributes}
        self._sqs.send_message(
            QueueUrl=self._undelivered_url, MessageBody=event.body, MessageAttributes=attributes
        )
        self._sqs.delete_message(QueueUrl=self._dead_url, ReceiptHandle=event.receipt_handle)


def _text(value: str) -> Any:  # noqa: ANN401 - boto3's own type
    return {"DataType": "String", "StringValue": value}


def _read(message: Any) -> DeadEvent:  # noqa: ANN401 - boto3's own type
    attributes = {
        name: {"DataType": each["DataType"], "StringValue": each["StringValue"]}
        for name, each in message.get("MessageAttributes", {}).items()
    }
    envelope = _object(message["Body"])
    event = _object(envelope.get("Message", ""))
    client = envelope.get("MessageAttributes", {}).get("client_id", {})
    return DeadEvent(
        queue_message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        body=message["Body"],
        attributes=attributes,
        client_id=client.get("Value", ""),
        event_type=event.get("type", ""),
        event_id=event.get("id", ""),
        request_id=event.get("subject", ""),
        subscription_arn=_subscription_of(envelope),
        dead_since=attributes.get(DEAD_ATTRIBUTE, {}).get("StringValue", ""),
    )


def _subscription_of(envelope: dict[str, Any]) -> str:
    """Return the subscription of an envelope: only its UnsubscribeURL contains it."""
    query = parse_qs(urlsplit(str(envelope.get("UnsubscribeURL", ""))).query)
    return query.get("SubscriptionArn", [""])[0]


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
