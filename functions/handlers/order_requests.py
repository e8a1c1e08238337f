"""What the handlers of `/orders/{request_id}` have in common."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import unquote

from functions.adapters.orders_table import OrdersTable
from functions.domain.order import Order
from functions.domain.problem import Problem
from functions.domain.resource_id import is_resource_id


def owned_order(table: OrdersTable, client_id: str, request_id: str) -> Order:
    """Return a client's order; anyone else's is a 404 like one that never was."""
    # Request IDs may end in "=", and whether a path's parameters arrive decoded is not documented; no ID
    # holds a "%", so decoding again does no harm.
    request_id = unquote(request_id)
    order = table.find(request_id) if is_resource_id(request_id) else None
    if order is None or order.client_id != client_id:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "There is no such order of yours. A new one shows within moments of its 202.",
        )
    return order
