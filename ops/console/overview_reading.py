"""What the overview shows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from statistics import quantiles
from threading import Lock

from functions.domain.order import ORDER_STATUSES
from ops.console.architecture import architecture
from ops.console.attention import Concern, concerns_of
from ops.console.deliveries_window import DeliveriesWindow
from ops.console.delivery_times import DeliveryTimes
from ops.console.graph import Picture
from ops.console.orders_window import OrdersWindow
from ops.instants import read_instant
from ops.money import money
from ops.orders.listed_order import ListedOrder
from ops.orders.totals import totals_of
from ops.queues import Depth
from ops.redrive import Descriptions
from ops.status.command import dead_of, read_status
from ops.tables import KnownWebhook
from ops.target import Target
from ops.trace.sources import DeliveryEntry

BUCKETS = 48
_LENGTH = timedelta(hours=24)
_DEAD_SECONDS, _DEAD_SECONDS_ON_LAPTOP = 30, 1
_CLASSES = ("2xx", "4xx", "5xx", "no answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewReading:
    """The stack at one moment."""

    concerns: Sequence[Concern]
    failing: Sequence[KnownWebhook]
    queues: Sequence[Depth]
    bucket_starts: Sequence[datetime]
    orders_by_status: Mapping[str, Sequence[int]]
    paid_today: int
    is_complete: bool
    """Whether every order of today was counted: no more than the window's limit are."""
    paid_sums: Sequence[str]
    orders: int
    seconds_to_outcome: tuple[float, float] | None
    """Median and 95th percentile, from the request to the outcome."""
    seconds_to_webhook: tuple[float, float] | None
    """As above, from the request to the webhook's response, of the last hour's orders."""
    deliveries: Mapping[str, int]
    """By status code class, in the last hour."""
    picture: Picture


@dataclass
class DeadCount:
    """How many deliveries were given up in the last week, counted now and then: it is 16 queries."""

    _count: int = 0
    _counted_at: float = -inf
    _lock: Lock = field(default_factory=Lock)

    def read(self, target: Target) -> int:
        """Return the count."""
        every = _DEAD_SECONDS if target.endpoint_url is None else _DEAD_SECONDS_ON_LAPTOP
        with self._lock:
            if time.monotonic() - self._counted_at > every:
                self._count = dead_of(target)
                self._counted_at = time.monotonic()
            return self._count


class OverviewReader:
    """Reads the overview, and keeps what does not change."""

    def __init__(self) -> None:
        self._orders = OrdersWindow()
        self._deliveries = DeliveriesWindow()
        self._times = DeliveryTimes()
        self._dead = DeadCount()
        self._executions: Descriptions = {}

    def read(self, target: Target) -> OverviewReading:
        """Read the stack's state."""
        status = read_status(target, self._dead.read, self._executions)
        orders = self._orders.read(target)
        deliveries = self._deliveries.read(target)
        now = target.now()
        begin, by_status = _buckets(orders, now)
        today = now.date()
        paid = [
            each for each in orders if each.status == "paid" and read_instant(each.created_at).date() == today
        ]
        return OverviewReading(
            concerns=concerns_of(status),
            failing=status.failing,
            queues=status.queues,
            bucket_starts=begin,
            orders_by_status=by_status,
            paid_today=len(paid),
            is_complete=self._orders.has_all_since(now.replace(hour=0, minute=0, second=0, microsecond=0)),
            paid_sums=[money(each.amount, each.currency) for each in totals_of(paid)],
            orders=len(orders),
            seconds_to_outcome=_percentiles(_seconds_to_outcome(orders)),
            seconds_to_webhook=_percentiles(self._times.read(target, orders)),
            deliveries=_by_class(deliveries),
            picture=architecture(status, orders, deliveries),
        )


def _buckets(orders: Iterable[ListedOrder], now: datetime) -> tuple[list[datetime], dict[str, list[int]]]:
    length = _LENGTH / BUCKETS
    seconds = length.total_seconds()
    last = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
    begin = [last - length * (BUCKETS - 1 - number) for number in range(BUCKETS)]
    by_status = {status: [0] * BUCKETS for status in ORDER_STATUSES}
    for order in orders:
        place = int((read_instant(order.created_at) - begin[0]) / length)
        if order.status in by_status and 0 <= place < BUCKETS:
            by_status[order.status][place] += 1
    return begin, by_status


def _seconds_to_outcome(orders: Iterable[ListedOrder]) -> list[float]:
    return [
        (read_instant(each.updated_at) - read_instant(each.created_at)).total_seconds()
        for each in orders
        if each.status != "pending"
    ]


def _percentiles(values: Sequence[float]) -> tuple[float, float] | None:
    if not values:
        return None
    if len(values) == 1:
        return values[0], values[0]
    found = quantiles(values, n=20, method="inclusive")
    return found[9], found[18]


def _by_class(deliveries: Iterable[DeliveryEntry]) -> dict[str, int]:
    count = Counter(status_class(each.status_code) for each in deliveries)
    return {name: count[name] for name in _CLASSES}


def status_class(status: int | None) -> str:
    """Return a status code's class, such as 2xx."""
    return f"{status // 100}xx" if status else "no answer"
