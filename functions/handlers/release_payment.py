"""The workflow's step after an order failed because its gateway never answered."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters.gateways import gateway_for
from functions.adapters.outages import naming_outages
from functions.domain.order import Order
from functions.environment import ReleasePaymentEnvironment
from functions.handlers.invocation import observe, seconds_left


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Make sure that no money is kept for a failed order, and say what was found.

    The event is the order; one that did not fail keeps its payment.

    An attempt whose answer never came may have been charged all the same. Raises
    `PaymentGatewayUnavailable`, which the workflow retries for days.
    """
    order = Order.model_validate(event)
    with observe("release_payment", context, **order.ids) as line, naming_outages():
        if order.status != "failed":
            line["outcome"] = "kept"
            return order.document()
        gateway = gateway_for(environment.read(ReleasePaymentEnvironment), seconds_left(context))
        released = gateway.release(order.payment_request())
        line["outcome"], line["payment_id"] = released.reason, released.id
    return {**order.document(), "payment": released.model_dump(exclude_none=True)}
