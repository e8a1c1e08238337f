"""From the `undelivered` queue back to the topic, hours later, for one webhook alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.undelivered_queue import UndeliveredQueue
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.event import TEST_EVENT_TYPE
from functions.domain.instant import now, timestamp
from functions.domain.redelivery import (
    DEAD_ATTRIBUTE,
    LONGEST_HIDING_SECONDS,
    UnreadableEnvelope,
    due_in_seconds,
    read_envelope,
)
from functions.domain.webhook import Webhook
from functions.environment import RedeliverEnvironment
from functions.handlers.invocation import observe
from functions.handlers.putting_off import put_off

# How long after a redelivery SNS may still be trying: its hour, and the time-outs of the attempts.
_DELIVERY_SECONDS = 90 * 60


class NotDueYet(Exception):  # noqa: N818 - no error: the message is to stay on the queue
    """The message's time has not come; it goes on waiting in the queue."""


def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Publish each event whose time has come again, and leave the others on the queue.

    A message leaves the queue only after what it stands for is done: published, laid to rest, or dropped
    because its webhook is gone. So wherever the function dies, the message comes again. Where AWS refuses,
    it comes again after a while that grows with its receipts, which are counted.
    """
    redelivery = _Redelivery(environment.read(RedeliverEnvironment), context)
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=redelivery.take, processor=processor, context=context
    )


class _Redelivery:
    def __init__(self, settings: RedeliverEnvironment, context: LambdaContext) -> None:
        self._context = context
        self._delays_seconds = [int(each) for each in settings.redelivery_delays_seconds.split(",") if each]
        self._webhooks = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name)
        self._topic = EventTopic(aws.sns(), settings.topic_arn)
        self._queue = UndeliveredQueue(
            aws.sqs(), settings.undelivered_queue_url, settings.dead_webhooks_queue_url
        )

    def take(self, record: SQSRecord) -> None:
        with observe("redeliver", self._context) as line:
            line["queue_message_id"] = record.message_id
            try:
                self._take(record, line)
            except Exception:
                put_off(record, self._queue.hide, line, metric="RedeliveriesPutOff")
                raise
        if line["outcome"] == "waiting":
            raise NotDueYet

    def _take(self, record: SQSRecord, line: dict[str, Any]) -> None:
        replayed = DEAD_ATTRIBUTE in record["messageAttributes"]
        try:
            event = read_envelope(record.body, replayed=replayed)
        except UnreadableEnvelope as error:
            # It never will be: an operator is to see it now, and not after a hundred receipts.
            self._queue.lay_to_rest(record.body, timestamp(now()))
            line["outcome"], line["reason"] = "laid_to_rest", str(error)
            return
        line |= {
            "client_id": event.client_id,
            "event_id": event.document["id"],
            "request_id": event.document.get("subject"),
            "event_type": event.document["type"],
            "redeliveries": event.redeliveries,
            "replayed": replayed,
        }
        webhook = self._webhook(event.client_id, event.subscription_arn)
        if webhook is None:
            line["outcome"] = "dropped"
            return
        line["webhook_id"] = webhook.webhook_id
        sent_at = int(record.attributes.sent_timestamp) / 1000
        waited_seconds = now().timestamp() - sent_at
        wait_seconds = due_in_seconds(event, self._delays_seconds, undelivered_for_seconds=waited_seconds)
        if replayed:
            wait_seconds = 0
        self._note_failure(webhook, wait_seconds)
        if event.document["type"] == TEST_EVENT_TYPE:
            # Whoever tried the webhook has seen by now that it does not work.
            line["outcome"] = "dropped"
        elif wait_seconds is None:
            self._queue.lay_to_rest(record.body, timestamp(now()))
            line["outcome"] = "laid_to_rest"
        elif wait_seconds > 0:
            self._queue.hide(record.receipt_handle, min(int(wait_seconds) + 1, LONGEST_HIDING_SECONDS))
            line["outcome"], line["wait_seconds"] = "waiting", round(wait_seconds)
        else:
            line["audience"] = webhook.webhook_id
            line["sns_message_id"] = self._topic.publish(event.again_for(webhook.webhook_id))
            line["outcome"] = "published"

    def _webhook(self, client_id: str, subscription_arn: str) -> Webhook | None:
        webhooks = self._webhooks.of_client(client_id)
        return next((each for each in webhooks if each.subscription_arn == subscription_arn), None)

    def _note_failure(self, webhook: Webhook, wait_seconds: float | None) -> None:
        until: datetime = now() + timedelta(seconds=(wait_seconds or 0) + _DELIVERY_SECONDS)
        self._webhooks.set_failing_until(webhook, timestamp(until))
