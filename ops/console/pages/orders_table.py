"""A table of orders."""

from __future__ import annotations

from ops.console.elements import Column, Row, Rows
from ops.console.marks import order_link, status_mark
from ops.console.order_filters import Filters
from ops.money import money
from ops.orders.listed_order import ListedOrder

_COLUMNS = (
    Column(key="time", label="Time", kind="date"),
    Column(key="reference", label="Reference"),
    Column(key="client", label="Client", kind="name"),
    Column(key="status", label="Status", kind="status"),
    Column(key="amount", label="Amount", kind="number"),
    Column(key="delivery", label="Delivery", kind="status"),
    Column(key="order", label="Request ID", kind="code"),
)


def order_row(order: ListedOrder, result: str = "") -> Row:
    """Return an order's row in a table; `result` is what became of its event."""
    return Row(
        key=order.request_id,
        cells={
            "time": order.created_at,
            "reference": order.reference,
            "client": order.client_id,
            "status": order.status,
            "amount": money(order.total_amount, order.currency),
            "delivery": result,
            "order": order.request_id,
        },
        links={
            "order": order_link(order.request_id),
            "reference": order_link(order.request_id),
            "client": Filters(client=order.client_id).url(),
        },
        marks={"status": status_mark(order.status), "delivery": status_mark(result.partition(",")[0])},
    )


def orders_table(empty: str) -> Rows:
    """Add an empty table of orders."""
    return Rows("Orders, the newest first", _COLUMNS, empty=empty)
