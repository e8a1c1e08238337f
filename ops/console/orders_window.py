"""The orders of the last day: read once, and then what is new.

A page that counts 10,000 orders must not read all of them every second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock

from functions.domain.instant import timestamp
from ops.orders.listed_order import ListedOrder
from ops.orders.lookup import orders_with_ids
from ops.orders.newest import OrderQuery, newest_orders
from ops.target import Target

# Of the newest so many orders.
MOST = 20_000
LENGTH = timedelta(days=1)
# An index is consistent within a second or so; clocks of functions differ.
_OVERLAP = timedelta(minutes=2)
# Orders that stay pending are read one by one, some at a time.
_PENDING_AT_ONCE = 100


@dataclass
class OrdersWindow:
    """The last day's orders. Several pages may ask at the same time."""

    _orders: dict[str, ListedOrder] = field(default_factory=dict)
    _read_until: datetime | None = None
    _complete_since: str = ""
    _lock: Lock = field(default_factory=Lock)

    def read(self, target: Target) -> list[ListedOrder]:
        """Return the orders, in no order."""
        with self._lock:
            until = target.now() + timedelta(minutes=1)
            begin = until - LENGTH
            since = begin if self._read_until is None else max(begin, self._read_until - _OVERLAP)
            query = OrderQuery(since=since, until=until)
            found = list(islice(newest_orders(target, query, timestamp(until)), MOST))
            if len(found) == MOST:
                self._complete_since = found[-1].created_at
            self._orders |= {each.request_id: each for each in found}
            self._settle(target, timestamp(since))
            self._read_until = until
            first = timestamp(begin)
            self._orders = {key: each for key, each in self._orders.items() if each.created_at >= first}
            return list(self._orders.values())

    def has_all_since(self, instant: datetime) -> bool:
        """Whether no order of the window that was created since an instant is left out."""
        return timestamp(instant) >= self._complete_since

    def _settle(self, target: Target, read_since: str) -> None:
        pending = [
            each.request_id
            for each in self._orders.values()
            if each.status == "pending" and each.created_at < read_since
        ]
        for order in orders_with_ids(target, pending[:_PENDING_AT_ONCE]):
            self._orders[order.request_id] = order
