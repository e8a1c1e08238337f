"""What the list of orders shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from functions.domain.order import ORDER_STATUSES
from ops.console.delivery_results import results_of
from ops.console.order_filters import Filters
from ops.console.url_filters import span_of
from ops.orders.listing import OrdersPage, Position, list_orders, list_orders_of_reference
from ops.orders.newest import OrderQuery
from ops.target import Target

_PAGE_SIZE = 50
_MOST_OF_A_REFERENCE = 100
# Where the URL has no length of time.
_SINCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersReading:
    """A page of orders, and what became of their events by request ID."""

    page: OrdersPage
    results: Mapping[str, str]


def read_orders(target: Target, filters: Filters) -> OrdersReading:
    """Read the orders that the filters choose, and what became of their events."""
    page = read_page(target, filters)
    return OrdersReading(page=page, results=results_of(target, page.orders))


def read_page(target: Target, filters: Filters) -> OrdersPage:
    """Read the orders that the filters choose."""
    if filters.reference:
        return list_orders_of_reference(target, filters.reference, _MOST_OF_A_REFERENCE)
    until = target.now() + timedelta(minutes=1)
    query = OrderQuery(
        since=until - (span_of(filters.since) or _SINCE),
        until=until,
        client_id=filters.client or None,
        status=filters.status if filters.status in ORDER_STATUSES else None,
    )
    position = Position.read(filters.position) if filters.position else None
    return list_orders(target, query, _PAGE_SIZE, position)
