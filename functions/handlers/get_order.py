"""`GET /orders/{request_id}`: the order as its owner may see it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.domain.log_record import LogField
from functions.domain.order_models import OrderView
from functions.http.caller import CallerEnvironment
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_order
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    orders_table_name: str


@api_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(request: Request, environment: Environment) -> Reply:
    """Show an order to the client it belongs to; to anyone else it does not exist."""
    request.log_fields[LogField.ORDER_REQUEST_ID] = request.path_parameter("request_id")
    order = owned_order(request, OrdersTable(aws.dynamodb(), environment.orders_table_name).find)
    request.log_fields[LogField.MESSAGE_ID] = order.message_id
    return reply(HTTPStatus.OK, OrderView.model_validate(order.document()))
