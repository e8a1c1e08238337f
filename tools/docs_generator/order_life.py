"""The statuses of an order, from the rules that decide them."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from functions.domain.event import order_event
from functions.domain.order import Order, OrderStatus, new_order, status_after
from functions.domain.order_example import ORDER_EXAMPLE
from functions.domain.payment import PaymentStatus
from tools.docs_generator.flowchart import fenced


def draw_order_life() -> str:
    """Return the state diagram of an order's statuses, each outcome with its event."""
    order = _new_order()
    lines = ["stateDiagram-v2", f"    [*] --> {order.status} : SaveOrder"]
    payments = {status_after(each): f" : payment {each}" for each in get_args(PaymentStatus)}
    for status in get_args(OrderStatus):
        if status == order.status:
            continue
        event = order_event(replace(order, status=status).document()).type
        # A status of a step of one's own follows from no payment.
        lines.append(f"    {order.status} --> {status}{payments.get(status, '')}")
        lines.append(f"    {status} --> [*] : event {event}")
    return fenced(lines)


def _new_order() -> Order:
    at = "2026-01-01T00:00:00.000Z"
    return new_order(ORDER_EXAMPLE, request_id="r", message_id="m", client_id="c", created_at=at)
