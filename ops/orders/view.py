"""Orders as text."""

from __future__ import annotations

from collections.abc import Iterable

from ops.money import money
from ops.orders.listed_order import ListedOrder
from ops.records import Records

_TITLES = ("order", "created", "status", "amount", "client", "reference")


def records_of_orders(orders: Iterable[ListedOrder], title: str) -> Records:
    """Return what is printed of a list of orders."""
    return Records(_TITLES, [_row(each) for each in orders], title)


def _row(order: ListedOrder) -> tuple[str, ...]:
    amount = money(order.total_amount, order.currency)
    return order.request_id, order.created_at, order.status, amount, order.client_id, order.reference
