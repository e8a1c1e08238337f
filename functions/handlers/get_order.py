"""`GET /orders/{request_id}`: the order as its owner may see it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.environment import GetOrderEnvironment
from functions.handlers.http import Reply, answer, caller_of, reply
from functions.handlers.order_requests import owned_order


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Show an order to the client it belongs to; to anyone else it does not exist."""
    return answer("get_order", event, context, _show)


def _show(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(GetOrderEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    wanted = request.path_parameters["request_id"]
    line["order_request_id"] = wanted
    order = owned_order(OrdersTable(aws.dynamodb(), settings.orders_table_name), client_id, wanted)
    line["message_id"] = order.message_id
    return reply(HTTPStatus.OK, order.owner_view())
