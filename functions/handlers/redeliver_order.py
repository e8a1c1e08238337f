"""`POST /orders/{request_id}/redeliver`: a client wants to be told of an order again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict

from functions import environment
from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.orders_table import OrdersTable
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.client import client_of
from functions.domain.event import AUDIENCE_ALL, order_event
from functions.domain.problem import Problem
from functions.domain.request_body import read_body
from functions.environment import RedeliverOrderEnvironment
from functions.handlers.http import Reply, answer, authorizer_of, body_of, reply
from functions.handlers.order_requests import owned_order
from functions.handlers.webhook_requests import owned_webhook


class RedeliverRequest(BaseModel):
    """To which webhook alone; to all of the client's where it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    webhook_id: str | None = None


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Publish an order's event once more, under the same ID."""
    return answer("redeliver_order", event, context, _redeliver)


def _redeliver(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(RedeliverOrderEnvironment)
    client_id = client_of(settings.api_auth, authorizer_of(request), request.headers)
    line["client_id"] = client_id
    body = body_of(request)
    wanted = (
        read_body(RedeliverRequest, request.headers.get("content-type"), body) if body else RedeliverRequest()
    )
    orders = OrdersTable(aws.dynamodb(), settings.orders_table_name)
    order = owned_order(orders, client_id, request.path_parameters["request_id"])
    line["order_request_id"], line["message_id"] = order.request_id, order.message_id
    if order.status == "pending":
        raise Problem(HTTPStatus.CONFLICT, "The order has no outcome yet: its event will come by itself.")
    audience = AUDIENCE_ALL
    if wanted.webhook_id is not None:
        webhooks = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name)
        audience = owned_webhook(webhooks, client_id, wanted.webhook_id).webhook_id
    outcome = order_event(order, audience=audience)
    line["sns_message_id"] = EventTopic(aws.sns(), settings.topic_arn).publish(outcome)
    return reply(
        HTTPStatus.ACCEPTED,
        {"event_id": outcome.id, "event_type": outcome.type, "webhook_id": wanted.webhook_id},
    )
