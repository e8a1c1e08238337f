"""`POST /orders/{request_id}/redeliver`: a client asks for an order's event again."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.orders_table import OrdersTable
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.event import AUDIENCE_ALL, order_event
from functions.domain.log_record import LogField
from functions.http.bodies import RedeliverRequest, RepeatedEvent
from functions.http.caller import CallerEnvironment
from functions.http.problem import FieldError, Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_order
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    orders_table_name: str
    webhooks_table_name: str
    topic_arn: str


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Publish an order's event once more, under the same ID."""
    wanted = request.read(RedeliverRequest) if request.body() else RedeliverRequest()
    order = owned_order(request, OrdersTable(aws.dynamodb(), environment.orders_table_name).find)
    log_fields = request.log_fields
    log_fields |= {LogField.ORDER_REQUEST_ID: order.request_id, LogField.MESSAGE_ID: order.message_id}
    if order.status == "pending":
        raise Problem(HTTPStatus.CONFLICT, "The order has no outcome yet: its event is sent when it has one.")
    if wanted.webhook_id is not None:
        _check_webhook(environment, request.client_id, wanted.webhook_id)
    event = order_event(order.document())
    audience = wanted.webhook_id or AUDIENCE_ALL
    sns_message_id = EventTopic(aws.sns(), environment.topic_arn).publish(event, [audience])
    log_fields |= {
        LogField.EVENT_ID: event.id,
        LogField.EVENT_TYPE: event.type,
        LogField.AUDIENCE: audience,
        LogField.SNS_MESSAGE_ID: sns_message_id,
    }
    repeated = {"event_id": event.id, "event_type": event.type, "webhook_id": wanted.webhook_id}
    return reply(HTTPStatus.ACCEPTED, RepeatedEvent.model_validate(repeated))


def _check_webhook(environment: Environment, client_id: str, webhook_id: str) -> None:
    """Refuse a webhook that is not the client's: a wrong field, since the path it is posted to exists."""
    if WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find(client_id, webhook_id) is None:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The body is not valid; see errors.",
            errors=[FieldError("webhook_id", "must be the ID of one of your webhooks")],
        )
