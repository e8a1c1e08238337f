"""The workflow's last step."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.outages import naming_outages
from functions.domain.event import order_event
from functions.domain.order import Order
from functions.environment import InformClientEnvironment
from functions.handlers.invocation import observe


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Publish the order's outcome to the client's webhooks and return the event's IDs."""
    order = Order.model_validate(event)
    with observe("inform_client", context, **order.ids) as line, naming_outages():
        outcome = order_event(order)
        topic = EventTopic(aws.sns(), environment.read(InformClientEnvironment).topic_arn)
        sns_message_id = topic.publish(outcome)
        line["outcome"], line["event_id"], line["sns_message_id"] = outcome.type, outcome.id, sns_message_id
        line["audience"] = outcome.audience
    return {
        "request_id": order.request_id,
        "event_id": outcome.id,
        "event_type": outcome.type,
        "sns_message_id": sns_message_id,
    }
