"""Lists of orders, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.domain.instant import timestamp
from ops.errors import UsageError
from ops.instants import read_instant
from ops.orders.listed_order import ListedOrder
from ops.orders.lookup import orders_of_reference
from ops.orders.newest import MOST_PER_QUERY, OrderQuery, newest_orders
from ops.target import Target

# A page with a filter that matches little ends after so many orders, with a position to continue from.
_LONGEST_READ = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the next page begins: at this instant, without the orders of it that were already given."""

    created_at: str
    given: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        """Return the position as text for a URL."""
        return "~".join([self.created_at, *sorted(self.given)])

    @classmethod
    def read(cls, text: str) -> Position:
        """Read a position from its text."""
        created_at, *given = text.split("~")
        try:
            read_instant(created_at)
        except ValueError:
            raise UsageError(f"{text!r} is not a position in the list of orders.") from None
        return cls(created_at=created_at, given=frozenset(given))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """Some orders, the newest first, and how many were `read`.

    `next` is where to continue; without it, `is_cut` says whether there are more orders than these.
    """

    orders: Sequence[ListedOrder]
    next: Position | None
    read: int
    is_cut: bool = False


def list_orders_of_reference(target: Target, reference: str, limit: int) -> OrdersPage:
    """Return the newest orders of all clients that have a reference."""
    found = orders_of_reference(target, reference, limit + 1)
    return OrdersPage(orders=found[:limit], next=None, read=len(found), is_cut=len(found) > limit)


def list_orders(
    target: Target, query: OrderQuery, limit: int, position: Position | None = None
) -> OrdersPage:
    """Return the newest orders that the query asks for, from a position on."""
    found: list[ListedOrder] = []
    read = 0
    start = position or Position(created_at=timestamp(query.until))
    # One shard may have all of the page, and one order more says whether there is another page.
    most = MOST_PER_QUERY if query.status else min(MOST_PER_QUERY, limit + len(start.given) + 1)
    newest = newest_orders(target, query, start.created_at, most)
    rest = (each for each in newest if not _is_given(each, start))
    last = start
    for order in rest:
        read += 1
        last = _after(last, order)
        if query.status in (None, order.status):
            found.append(order)
        if len(found) == limit or read == _LONGEST_READ:
            break
    more = next(rest, None) is not None
    return OrdersPage(orders=found, next=last if more else None, read=read)


def _is_given(order: ListedOrder, position: Position) -> bool:
    return order.created_at == position.created_at and order.request_id in position.given


def _after(position: Position, order: ListedOrder) -> Position:
    given = position.given if order.created_at == position.created_at else frozenset()
    return Position(created_at=order.created_at, given=given | {order.request_id})
