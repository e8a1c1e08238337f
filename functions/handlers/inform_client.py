"""The workflow's last step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.domain.event import AUDIENCE_ALL, order_event
from functions.domain.log_record import LogField
from functions.runtime.task_function import Task, task_function


@dataclass(frozen=True, kw_only=True)
class Environment:  # noqa: D101
    topic_arn: str


@task_function(Environment, prepare=lambda _: aws.sns())
def handle(task: Task, environment: Environment) -> dict[str, Any]:
    """Publish the order's outcome to the client's webhooks and return the event's IDs."""
    event = order_event(task.input)
    sns_message_id = EventTopic(aws.sns(), environment.topic_arn).publish(event, [AUDIENCE_ALL])
    task.log_fields.update(
        {
            LogField.OUTCOME: event.type,
            LogField.EVENT_ID: event.id,
            LogField.SNS_MESSAGE_ID: sns_message_id,
            LogField.AUDIENCE: AUDIENCE_ALL,
        }
    )
    return {
        "request_id": event.subject,
        "event_id": event.id,
        "event_type": event.type,
        "sns_message_id": sns_message_id,
    }
