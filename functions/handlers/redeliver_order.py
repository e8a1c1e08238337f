"""`POST /orders/{request_id}/redeliver`: a client wants to be told of an order again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.orders_table import OrdersTable
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.bodies import RedeliverRequest, RepeatedEvent
from functions.domain.event import AUDIENCE_ALL, order_event
from functions.domain.problem import FieldError, Problem
from functions.domain.request_body import read_body
from functions.environment import RedeliverOrderEnvironment
from functions.handlers.http import Reply, answer, body_of, caller_of, reply
from functions.handlers.order_requests import owned_order


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Publish an order's event once more, under the same ID."""
    return answer("redeliver_order", event, context, _redeliver)


def _redeliver(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(RedeliverOrderEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    body = body_of(request)
    wanted = (
        read_body(RedeliverRequest, request.headers.get("content-type"), body) if body else RedeliverRequest()
    )
    orders = OrdersTable(aws.dynamodb(), settings.orders_table_name)
    order = owned_order(orders, client_id, request.path_parameters["request_id"])
    line["order_request_id"], line["message_id"] = order.request_id, order.message_id
    if order.status == "pending":
        raise Problem(HTTPStatus.CONFLICT, "The order has no outcome yet: its event will come by itself.")
    if wanted.webhook_id is not None:
        _check_webhook(settings, client_id, wanted.webhook_id)
    outcome = order_event(order, audience=wanted.webhook_id or AUDIENCE_ALL)
    line |= {"event_id": outcome.id, "event_type": outcome.type, "audience": outcome.audience}
    line["sns_message_id"] = EventTopic(aws.sns(), settings.topic_arn).publish(outcome)
    repeated = {"event_id": outcome.id, "event_type": outcome.type, "webhook_id": wanted.webhook_id}
    return reply(HTTPStatus.ACCEPTED, RepeatedEvent.model_validate(repeated))


def _check_webhook(settings: RedeliverOrderEnvironment, client_id: str, webhook_id: str) -> None:
    """Refuse a webhook that is not the client's: a wrong field, since the path it is posted to is there."""
    if WebhooksTable(aws.dynamodb(), settings.webhooks_table_name).find(client_id, webhook_id) is None:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The body is not valid: see errors.",
            errors=[FieldError("webhook_id", "must be a webhook of yours")],
        )
