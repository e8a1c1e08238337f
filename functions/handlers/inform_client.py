"""The workflow's last step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.event_topics import EventTopics
from functions.adapters.recipients import Recipients, RegisteredWebhook
from functions.domain.deliveries.first_publication import Publisher
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import Recipient
from functions.domain.event import order_event
from functions.domain.instant import now
from functions.domain.log_record import LogField
from functions.runtime.task_function import Task, task_function


@dataclass(frozen=True, kw_only=True)
class Environment:  # noqa: D101
    deliveries_table_name: str
    webhooks_table_name: str
    topic_arn: str
    longest_delivery_seconds: int


@task_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(task: Task, environment: Environment) -> dict[str, Any]:
    """Publish the order's outcome to the client's webhooks and return the event's IDs.

    Every webhook that wants the event has a row from now on: it is published, or waits until it can be.
    """
    event = order_event(task.input)
    topics = EventTopics(aws.sns())
    webhooks = Recipients(aws.dynamodb(), environment.webhooks_table_name, environment.topic_arn)
    recipients = [
        _confirmed(each, webhooks, topics)
        for each in webhooks.of_client(event.client_id)
        if event.type in each.event_types
    ]
    publisher = Publisher(
        deliveries=DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name),
        topics=topics,
        clock=now,
        # Of the schedule, which begins after a failure, nothing is needed here.
        timing=Timing(delays_seconds=(), longest_delivery_seconds=environment.longest_delivery_seconds),
        first_topic_arn=environment.topic_arn,
    )
    sns_message_ids = publisher.publish(event, recipients)
    task.log_fields.update(
        {
            LogField.OUTCOME: event.type,
            LogField.EVENT_ID: event.id,
            LogField.SNS_MESSAGE_ID: sns_message_ids[0],
            LogField.WEBHOOKS: len(recipients),
        }
    )
    return {
        "request_id": event.subject,
        "event_id": event.id,
        "event_type": event.type,
        "sns_message_id": sns_message_ids[0],
    }


def _confirmed(webhook: RegisteredWebhook, webhooks: Recipients, topics: EventTopics) -> Recipient:
    """Return a recipient as it is at SNS: a confirmation that nobody has stored yet is stored now.

    SNS does not report it. Without this, a client's first event would wait for the next run of redeliver.
    """
    recipient = webhook.recipient
    if recipient.confirmed_at is not None or topics.pending_confirmation(recipient) is not False:
        return recipient
    return webhooks.confirm(recipient, now())
