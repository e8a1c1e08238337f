"""`orders`: the orders of a time, a client or a reference, with totals."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from functions.domain.instant import timestamp
from ops.errors import NothingFound, UsageError
from ops.money import money
from ops.orders.listed_order import ListedOrder
from ops.orders.listing import list_orders_of_reference
from ops.orders.newest import OrderQuery, newest_orders
from ops.orders.totals import Total, totals_of
from ops.orders.view import records_of_orders
from ops.records import Records
from ops.report import Report
from ops.target import Target

# Some two seconds of queries; a note says where there are more.
_MOST_READ = 100_000


def orders(target: Target, options: Namespace) -> Report:
    """List orders, the newest first, with the totals of all that the options choose."""
    if options.reference is not None:
        if options.client is not None or options.status is not None:
            raise UsageError("--reference cannot be combined with --client or --status.")
        page = list_orders_of_reference(target, options.reference, options.limit)
        if not page.orders:
            raise NothingFound(f"{target.name} has no order with the reference {options.reference}.")
        return _report(page.orders, [], None, has_more=page.is_cut)
    until = target.now()
    query = OrderQuery(since=until - options.since, until=until, client_id=options.client)
    read = list(islice(newest_orders(target, query, timestamp(until)), _MOST_READ))
    # The status is filtered here, so that what is listed and what is counted are the same orders.
    chosen = [each for each in read if options.status in (None, each.status)]
    is_cut = len(read) == _MOST_READ
    note = f"Only the newest {_MOST_READ:,} orders were read: choose a shorter --since." if is_cut else None
    shown = chosen[: options.limit]
    return _report(shown, totals_of(chosen), note, has_more=is_cut or len(chosen) > len(shown))


def _report(
    shown: Sequence[ListedOrder], totals: Sequence[Total], note: str | None, *, has_more: bool
) -> Report:
    document: dict[str, Any] = {
        "orders": [asdict(each) for each in shown],
        "more": has_more,
        "totals": [asdict(each) for each in totals],
        "notes": [note] if note else [],
    }
    views = list(_views(shown, totals, has_more=has_more)) if shown else ["No order was found."]
    return Report(document=document, views=[*views, *([Text(f"note: {note}", style="dim")] if note else [])])


def _views(
    shown: Sequence[ListedOrder], totals: Sequence[Total], *, has_more: bool
) -> Iterator[RenderableType]:
    yield records_of_orders(shown, f"Orders: {'the newest ' if has_more else ''}{len(shown)}")
    if totals:
        rows = [(each.status, str(each.orders), money(each.amount, each.currency)) for each in totals]
        yield Records(("status", "orders", "amount"), rows, "Totals")
