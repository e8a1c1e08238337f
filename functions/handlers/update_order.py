"""The workflow's third step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField
from functions.domain.order import Order
from functions.domain.payment import Payment
from functions.runtime.metrics import count
from functions.runtime.task_function import Task, task_function


@dataclass(frozen=True, kw_only=True)
class Environment:  # noqa: D101
    orders_table_name: str


@task_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(task: Task, environment: Environment) -> dict[str, Any]:
    """Write the payment's result, the input's `payment`, on the order and return the order.

    An order that has a result already keeps it: two executions of one order, which only an EXPRESS workflow
    can have, then go on with the same outcome.
    """
    order = Order.of(task.input)
    payment = Payment.of(task.input["payment"])
    settled_at = timestamp(now())
    table = OrdersTable(aws.dynamodb(), environment.orders_table_name)
    settled = table.settle(order.request_id, payment, settled_at)
    task.log_fields[LogField.OUTCOME] = settled.status
    task.log_fields[LogField.FIRST_RESULT] = settled.payment == payment
    # Only by the run that settled it: a repetition counts nothing.
    if settled.updated_at == settled_at:
        count("OrdersSettled", outcome=settled.status)
    return settled.document()
