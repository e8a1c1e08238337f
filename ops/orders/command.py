"""`orders`: the orders of a time, a client or a reference, with totals."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ops.errors import NothingFound, UsageError
from ops.money import money
from ops.orders.listing import OrdersPage, every_order, list_orders, list_orders_of_reference
from ops.orders.newest import OrderQuery
from ops.orders.totals import Total, totals_of
from ops.orders.view import records_of_orders
from ops.records import Records
from ops.report import Report
from ops.target import Target

# Some two seconds of queries; the totals say where they are not complete.
_MOST_COUNTED = 100_000


def orders(target: Target, options: Namespace) -> Report:
    """List orders, the newest first, with the totals of all that the options choose."""
    if options.reference is not None:
        if options.client is not None or options.status is not None:
            raise UsageError("--reference cannot be combined with --client or --status.")
        return _report(_of_reference(target, options.reference, options.limit), [], None)
    query = OrderQuery(
        since=target.now() - options.since,
        until=target.now(),
        client_id=options.client,
        status=options.status,
    )
    page = list_orders(target, query, options.limit)
    counted = list(every_order(target, query, _MOST_COUNTED))
    note = None
    if len(counted) == _MOST_COUNTED:
        note = f"The totals are of the newest {_MOST_COUNTED:,} orders: choose a shorter --since."
    return _report(page, totals_of(counted), note)


def _of_reference(target: Target, reference: str, limit: int) -> OrdersPage:
    page = list_orders_of_reference(target, reference, limit)
    if not page.orders:
        raise NothingFound(f"{target.name} has no order with the reference {reference}.")
    return page


def _report(page: OrdersPage, totals: Sequence[Total], note: str | None) -> Report:
    document: dict[str, Any] = {
        "orders": [asdict(each) for each in page.orders],
        "more": page.has_more,
        "totals": [asdict(each) for each in totals],
        "notes": [note] if note else [],
    }
    return Report(document=document, views=list(_views(page, totals, note)))


def _views(page: OrdersPage, totals: Sequence[Total], note: str | None) -> list[RenderableType]:
    if not page.orders:
        return ["No order was found."]
    title = f"Orders: the newest {len(page.orders)}" if page.has_more else f"Orders: {len(page.orders)}"
    views: list[RenderableType] = [records_of_orders(page.orders, title)]
    if totals:
        rows = [(each.status, str(each.orders), money(each.amount, each.currency)) for each in totals]
        views.append(Records(("status", "orders", "amount"), rows, "Totals"))
    return [*views, *([Text(f"note: {note}", style="dim")] if note else [])]
