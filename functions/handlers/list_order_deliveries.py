"""`GET /orders/{request_id}/deliveries`: what became of an order's event at each of the client's webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_pages import DeliveryPages
from functions.adapters.orders_table import OrdersTable
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import Row
from functions.domain.delivery_view import delivery_view
from functions.domain.event import order_event
from functions.domain.log_record import LogField
from functions.domain.order import Order
from functions.http.caller import CallerEnvironment
from functions.http.delivery_lists import OrderDeliveries
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_order
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    orders_table_name: str
    webhooks_table_name: str
    deliveries_table_name: str


@api_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(request: Request, environment: Environment) -> Reply:
    """Show the deliveries of an order's event; there are none before the order has its outcome."""
    request.log_fields[LogField.ORDER_REQUEST_ID] = request.path_parameter("request_id")
    order = owned_order(request, OrdersTable(aws.dynamodb(), environment.orders_table_name).find)
    rows = _rows(order, environment)
    attempts = DeliveryPages(aws.dynamodb(), environment.deliveries_table_name).attempts_of(rows)
    views = [delivery_view(row, tried) for row, tried in zip(rows, attempts, strict=True)]
    return reply(HTTPStatus.OK, OrderDeliveries(deliveries=views))


def _rows(order: Order, environment: Environment) -> list[Row]:
    if order.status == "pending":
        return []
    table = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    event = table.find_event(order_event(order.document()).id)
    if event is None:
        return []
    webhooks = WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).of_client(order.client_id)
    # The event names the webhooks that it was first for: it may have been sent to later ones since.
    webhook_ids = {*event.webhook_ids, *(each.webhook_id for each in webhooks)}
    found = table.find_rows((each, f"{event.event_time}#{event.event_id}") for each in webhook_ids)
    return sorted(found.values(), key=lambda row: row.webhook_id)
