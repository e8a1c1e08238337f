"""`GET /orders`: the client's orders, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import get_args

from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.domain.order import OrderStatus
from functions.domain.order_models import OrderView
from functions.http.caller import CallerEnvironment
from functions.http.order_list import OrderList
from functions.http.paging import read_page
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    orders_table_name: str


@api_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(request: Request, environment: Environment) -> Reply:
    """Show one page of the client's orders."""
    wanted = read_page(request, {"status": get_args(OrderStatus)})
    page = OrdersTable(aws.dynamodb(), environment.orders_table_name).page_of_client(
        request.client_id,
        first=wanted.first,
        last=wanted.last,
        status=wanted.filters.get("status"),
        after=wanted.position,
        limit=wanted.limit,
    )
    views = [OrderView.model_validate(each.document()) for each in page.entries]
    return reply(HTTPStatus.OK, OrderList(orders=views, next_cursor=wanted.next_cursor(page)))
