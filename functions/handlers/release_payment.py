"""The workflow's step after an order failed because its gateway never answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.adapters.gateways import GatewayEnvironment, gateway_for, prepare_gateway
from functions.domain.log_record import LogField, Outcome
from functions.domain.order import Order
from functions.runtime.task_function import Task, task_function


@dataclass(frozen=True, kw_only=True)
class Environment(GatewayEnvironment):
    """What the payment gateway needs."""


@task_function(Environment, prepare=prepare_gateway)
def handle(task: Task, environment: Environment) -> dict[str, Any]:
    """Make sure that no money is kept for a failed order, and say what was found.

    The input is the order; one that did not fail keeps its payment.

    An attempt whose answer never came may have been charged all the same. Raises
    `PaymentGatewayUnavailable`, which the workflow retries for days.
    """
    order = Order.of(task.input)
    if order.status != "failed":
        task.log_fields[LogField.OUTCOME] = Outcome.KEPT
        return order.document()
    released = gateway_for(environment, task.seconds_left).release(order.payment_request())
    task.log_fields.update({LogField.OUTCOME: released.reason, LogField.PAYMENT_ID: released.id})
    return {**order.document(), "payment": released.document()}
