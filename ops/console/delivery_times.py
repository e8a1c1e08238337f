"""How long orders took from the request to each webhook: a delivery that has ended is read once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from functions.domain.deliveries.row import Row
from functions.domain.instant import timestamp
from ops.console.delivery_results import rows_of_orders
from ops.instants import read_instant
from ops.orders.listed_order import ListedOrder
from ops.target import Target

_LENGTH = timedelta(hours=1)
# Read at a time: some two batches of rows where each client has one webhook.
_MOST_AT_ONCE = 200
# After so long, an order without deliveries has no webhook, and an open one is not read at each reading.
_OPEN_FOR = timedelta(minutes=5)


@dataclass
class DeliveryTimes:
    """The last hour's deliveries. Several pages may ask at the same time."""

    _seconds: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """By request ID, one for each webhook."""
    _lock: Lock = field(default_factory=Lock)

    def read(self, target: Target, orders: Iterable[ListedOrder]) -> list[float]:
        """Return the seconds from the request to the webhook's response, of the last hour's orders."""
        with self._lock:
            first = timestamp(target.now() - _LENGTH)
            recent = [each for each in orders if each.created_at >= first]
            self._read_new(target, recent)
            known = {each.request_id for each in recent}
            self._seconds = {key: each for key, each in self._seconds.items() if key in known}
            return [seconds for each in self._seconds.values() for seconds in each]

    def _read_new(self, target: Target, orders: Sequence[ListedOrder]) -> None:
        unread = [
            each for each in orders if each.request_id not in self._seconds and each.status != "pending"
        ]
        newest = sorted(unread, key=lambda each: each.created_at, reverse=True)[:_MOST_AT_ONCE]
        found = rows_of_orders(target, newest) if newest else {}
        patient_until = timestamp(target.now() - _OPEN_FOR)
        for order in newest:
            rows = found.get(order.request_id, [])
            if order.created_at < patient_until or (rows and not any(row.is_open for row in rows)):
                self._seconds[order.request_id] = _seconds_of(order, rows)


def _seconds_of(order: ListedOrder, rows: Iterable[Row]) -> tuple[float, ...]:
    began = read_instant(order.created_at)
    return tuple((row.delivered_at - began).total_seconds() for row in rows if row.delivered_at is not None)
