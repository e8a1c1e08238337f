"""The workflow's second step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.adapters.gateways import GatewayEnvironment, gateway_for, prepare_gateway
from functions.domain.log_record import LogField
from functions.domain.order import Order
from functions.runtime.task_function import Task, task_function


@dataclass(frozen=True, kw_only=True)
class Environment(GatewayEnvironment):
    """What the payment gateway needs."""


@task_function(Environment, prepare=prepare_gateway)
def handle(task: Task, environment: Environment) -> dict[str, Any]:
    """Take the payment of an order and return its result, approved or declined.

    The input is the order with the workflow's count of attempts. The request ID is the gateway's idempotency
    key, so an attempt that succeeded unseen is not charged again, and an order that has its result keeps it.
    Raises `PaymentGatewayUnavailable`, which the workflow retries, and `PaymentGatewayRefused`, which an
    operator has to look at.
    """
    order = Order.of(task.input)
    attempt = task.input["attempt"]
    task.log_fields[LogField.ATTEMPT] = attempt
    payment = order.payment or gateway_for(environment, task.seconds_left).charge(
        order.payment_request(attempt=attempt)
    )
    task.log_fields.update({LogField.OUTCOME: payment.status, LogField.REASON: payment.reason})
    return payment.document()
