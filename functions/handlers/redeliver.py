"""From the `undelivered` queue back to the topic, hours later, for one webhook alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.undelivered_queue import UndeliveredQueue
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.event import TEST_EVENT_TYPE
from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField, LogFields, Outcome
from functions.domain.redelivery import (
    DEAD_ATTRIBUTE,
    LONGEST_HIDING_SECONDS,
    UndeliveredEvent,
    UnreadableEnvelope,
    due_in_seconds,
    read_envelope,
)
from functions.domain.webhook import Webhook
from functions.runtime.queue_function import Disposition, QueueMessage, queue_function

# How long after a redelivery SNS may still be trying: its hour, and the timeouts of the attempts.
_DELIVERY_SECONDS = 90 * 60


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`redelivery_delays_seconds` is the schedule, such as 7200 and 18000."""

    webhooks_table_name: str
    topic_arn: str
    undelivered_queue_url: str
    dead_webhooks_queue_url: str
    redelivery_delays_seconds: tuple[int, ...]


class _Redelivery:
    """Redelivers the events of one batch."""

    def __init__(self, environment: Environment) -> None:
        self._delays_seconds = environment.redelivery_delays_seconds
        self._webhooks = WebhooksTable(aws.dynamodb(), environment.webhooks_table_name)
        self._topic = EventTopic(aws.sns(), environment.topic_arn)
        self._queue = UndeliveredQueue(
            aws.sqs(), environment.undelivered_queue_url, environment.dead_webhooks_queue_url
        )

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self._queue.hide(receipt_handle, seconds)

    def take(self, message: QueueMessage, log_fields: LogFields) -> Disposition:
        log_fields[LogField.QUEUE_MESSAGE_ID] = message.message_id
        is_replayed = DEAD_ATTRIBUTE in message.attributes
        try:
            event = read_envelope(message.body, replayed=is_replayed)
        except UnreadableEnvelope as error:
            # It never will be: an operator is to see it now, and not after a hundred receipts.
            log_fields[LogField.REASON] = str(error)
            return self._dead_letter(message, log_fields)
        log_fields.update(_fields_of(event, is_replayed=is_replayed))
        webhook = self._webhook(event.client_id, event.subscription_arn)
        if webhook is None:
            return _drop(log_fields)
        log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
        wait_seconds = 0.0 if is_replayed else self._wait_seconds(event, message)
        self._note_failure(webhook, wait_seconds)
        if event.document["type"] == TEST_EVENT_TYPE:
            # The client that sent it has seen by now that its webhook does not work.
            return _drop(log_fields)
        if wait_seconds is None:
            return self._dead_letter(message, log_fields)
        if wait_seconds > 0:
            return self._wait(message, wait_seconds, log_fields)
        return self._publish(event, webhook, log_fields)

    def _wait_seconds(self, event: UndeliveredEvent, message: QueueMessage) -> float | None:
        sent_at = message.sent_at_milliseconds / 1000
        return due_in_seconds(
            event, self._delays_seconds, undelivered_for_seconds=now().timestamp() - sent_at
        )

    def _dead_letter(self, message: QueueMessage, log_fields: LogFields) -> Disposition:
        self._queue.dead_letter(message.body, timestamp(now()))
        log_fields[LogField.OUTCOME] = Outcome.DEAD_LETTERED
        return Disposition.DELETE

    def _wait(self, message: QueueMessage, wait_seconds: float, log_fields: LogFields) -> Disposition:
        self._queue.hide(message.receipt_handle, min(int(wait_seconds) + 1, LONGEST_HIDING_SECONDS))
        log_fields |= {LogField.OUTCOME: Outcome.WAITING, LogField.WAIT_SECONDS: round(wait_seconds)}
        return Disposition.KEEP

    def _publish(self, event: UndeliveredEvent, webhook: Webhook, log_fields: LogFields) -> Disposition:
        log_fields[LogField.AUDIENCE] = webhook.webhook_id
        log_fields[LogField.SNS_MESSAGE_ID] = self._topic.publish(
            event.again(), [webhook.webhook_id], redelivery=event.redeliveries + 1
        )
        log_fields[LogField.OUTCOME] = Outcome.PUBLISHED
        return Disposition.DELETE

    def _webhook(self, client_id: str, subscription_arn: str) -> Webhook | None:
        webhooks = self._webhooks.of_client(client_id)
        return next((each for each in webhooks if each.subscription_arn == subscription_arn), None)

    def _note_failure(self, webhook: Webhook, wait_seconds: float | None) -> None:
        until = now() + timedelta(seconds=(wait_seconds or 0) + _DELIVERY_SECONDS)
        self._webhooks.set_failing_until(webhook, timestamp(until))


@queue_function(
    Environment,
    deferrals="RedeliveriesDeferred",
    prepare=lambda _: (aws.dynamodb(), aws.sns(), aws.sqs()),
)
def handle(environment: Environment) -> _Redelivery:
    """Publish each event whose time has come again, and leave the others on the queue.

    A message leaves the queue only after it was published, dead-lettered, or dropped because its webhook is
    gone. So wherever the function dies, the message is received again. Where AWS refuses, it is deferred.
    """
    return _Redelivery(environment)


def _fields_of(event: UndeliveredEvent, *, is_replayed: bool) -> LogFields:
    return {
        LogField.CLIENT_ID: event.client_id,
        LogField.EVENT_ID: event.document["id"],
        LogField.REQUEST_ID: event.document.get("subject"),
        LogField.EVENT_TYPE: event.document["type"],
        LogField.REDELIVERIES: event.redeliveries,
        LogField.REPLAYED: is_replayed,
    }


def _drop(log_fields: LogFields) -> Disposition:
    log_fields[LogField.OUTCOME] = Outcome.DROPPED
    return Disposition.DELETE
