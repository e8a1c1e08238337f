"""The workflow's third step."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.adapters.outages import naming_outages
from functions.domain.instant import now, timestamp
from functions.domain.order import Order
from functions.domain.payment import Payment
from functions.environment import UpdateOrderEnvironment
from functions.handlers.invocation import count, observe


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write the payment's result, `event["payment"]`, on the order and return the order.

    An order that has a result already keeps it: two executions of one order, which only an EXPRESS workflow
    can have, then go on with the same outcome.
    """
    order = Order.model_validate(event)
    payment = Payment.model_validate(event["payment"])
    with observe("update_order", context, **order.ids) as line, naming_outages():
        table = OrdersTable(aws.dynamodb(), environment.read(UpdateOrderEnvironment).orders_table_name)
        settled_at = timestamp(now())
        settled = table.settle(order.request_id, payment, settled_at)
        line["outcome"] = settled.status
        line["first_result"] = settled.payment == payment
    # Only by whoever settled it: a repetition counts nothing.
    if settled.updated_at == settled_at:
        count("OrdersSettled", outcome=settled.status)
    return settled.document()
