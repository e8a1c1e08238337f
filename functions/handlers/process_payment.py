"""The workflow's second step."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters.gateways import gateway_for
from functions.adapters.outages import naming_outages
from functions.domain.order import Order
from functions.domain.payment import Payment
from functions.environment import ProcessPaymentEnvironment
from functions.handlers.invocation import observe, seconds_left


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take the payment of an order and return its result, approved or declined.

    The event is the order with the workflow's count of attempts. The request ID is the gateway's idempotency
    key, so an attempt that succeeded unseen is not charged again, and an order that has its result keeps it.
    Raises `PaymentGatewayUnavailable`, which the workflow retries, and `PaymentGatewayRefused`, which an
    operator has to look at.
    """
    order = Order.model_validate(event)
    attempt = event["attempt"]
    with observe("process_payment", context, **order.ids) as line, naming_outages():
        line["attempt"] = attempt
        payment = order.payment or _charge(order, attempt, context)
        line["outcome"], line["reason"] = payment.status, payment.reason
    return payment.model_dump(exclude_none=True)


def _charge(order: Order, attempt: int, context: LambdaContext) -> Payment:
    gateway = gateway_for(environment.read(ProcessPaymentEnvironment), seconds_left(context))
    return gateway.charge(order.payment_request(attempt=attempt))
