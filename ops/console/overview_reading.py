"""What the overview shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from ops.console.deliveries_window import DeliveriesWindow
from ops.console.graph import Edge, Node, NodeMark, Picture
from ops.console.orders_window import OrdersWindow
from ops.instants import read_instant
from ops.money import money
from ops.orders.listing import STATUSES, ListedOrder
from ops.orders.totals import totals_of
from ops.queues import Depth
from ops.status.command import read_status
from ops.status.facts import Status
from ops.target import Target
from ops.trace.sources import DeliveryEntry

BUCKETS = 48
_LENGTH = timedelta(hours=24)
_CLASSES = ("2xx", "4xx", "5xx", "no answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewReading:
    """The stack at one moment."""

    concerns: Sequence[str]
    failing: Sequence[tuple[str, str]]
    """Webhook IDs and their URLs."""
    queues: Sequence[Depth]
    bucket_starts: Sequence[datetime]
    orders_by_status: Mapping[str, Sequence[int]]
    paid_today: int
    paid_sums: Sequence[str]
    orders: int
    seconds_to_outcome: tuple[float, float] | None
    """Median and 95th percentile, from the request to the outcome."""
    seconds_to_webhook: tuple[float, float] | None
    """As above, from the publication to the webhook's response."""
    deliveries: Mapping[str, int]
    """By status code class, in the last hour."""
    picture: Picture


class OverviewReader:
    """Reads the overview, and keeps what does not change."""

    def __init__(self) -> None:
        self._orders = OrdersWindow()
        self._deliveries = DeliveriesWindow()

    def read(self, target: Target) -> OverviewReading:
        """Read the stack's state."""
        status = read_status(target)
        orders = self._orders.read(target)
        deliveries = self._deliveries.read(target)
        now = target.now()
        begin, by_status = _buckets(orders, now)
        today = now.date()
        paid = [
            each for each in orders if each.status == "paid" and read_instant(each.created_at).date() == today
        ]
        return OverviewReading(
            concerns=list(status.concerns()),
            failing=[(each.webhook_id, each.shown_url) for each in status.failing],
            queues=status.queues,
            bucket_starts=begin,
            orders_by_status=by_status,
            paid_today=len(paid),
            paid_sums=[money(each.amount, each.currency) for each in totals_of(paid)],
            orders=len(orders),
            seconds_to_outcome=_percentiles(_seconds_to_outcome(orders)),
            seconds_to_webhook=_percentiles([each.dwell_seconds for each in deliveries if each.succeeded]),
            deliveries=_by_class(deliveries),
            picture=architecture(status, orders, deliveries),
        )


def _buckets(orders: Iterable[ListedOrder], now: datetime) -> tuple[list[datetime], dict[str, list[int]]]:
    length = _LENGTH / BUCKETS
    seconds = length.total_seconds()
    last = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
    begin = [last - length * (BUCKETS - 1 - number) for number in range(BUCKETS)]
    by_status = {status: [0] * BUCKETS for status in STATUSES}
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


def architecture(
    status: Status, orders: Sequence[ListedOrder], deliveries: Sequence[DeliveryEntry]
) -> Picture:
    """Return the service as a picture: what waits or fails is marked."""
    depth = {each.queue: each for each in status.queues}
    pending = sum(each.status == "pending" for each in orders)
    failed = len(status.failed_executions)
    done = sum(each.succeeded for each in deliveries)
    nodes = [
        Node(
            id="api",
            x=0,
            y=0,
            title="HTTP API",
            line="healthy" if status.health == 200 else f"answers {status.health or 'nothing'}",
            mark="ok" if status.health == 200 else "failed",
            href="/orders",
        ),
        _queue(depth, "orders", "Orders queue", 1, 0, "/orders?status=pending"),
        Node(
            id="workflow",
            x=2,
            y=0,
            title="Workflow",
            line=f"{failed} failed" if failed else f"{pending} pending",
            mark="failed" if failed else "waiting" if pending else "ok",
            href="/stuck" if failed else "/orders",
        ),
        Node(id="topic", x=3, y=0, title="SNS topic", line=f"{len(deliveries)} in an hour", mark="ok"),
        Node(
            id="webhooks",
            x=4,
            y=0,
            title="Webhooks",
            line=f"{len(status.failing)} of {status.webhook_count} fail"
            if status.failing
            else f"{status.webhook_count} registered",
            mark="failed" if status.failing else "ok",
            href="/webhooks",
        ),
        _queue(depth, "orders-dead-letters", "Dead letters", 1, 1, "/stuck"),
        _queue(depth, "undelivered", "Undelivered", 4, 1, "/stuck"),
        Node(id="deliveries", x=3, y=1, title="Deliveries", line="table", mark="ok", href="/stuck"),
    ]
    edges = [
        Edge(start="api", end="orders", label=_count(len(orders))),
        Edge(start="orders", end="workflow"),
        Edge(start="workflow", end="topic"),
        Edge(start="topic", end="webhooks", label=_count(done)),
        Edge(start="orders", end="orders-dead-letters"),
        Edge(start="webhooks", end="undelivered", label="fails"),
        Edge(start="undelivered", end="deliveries"),
        Edge(start="deliveries", end="topic", label="again"),
    ]
    return Picture(nodes=nodes, edges=edges)


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _queue(depth: Mapping[str, Depth], queue: str, title: str, x: int, y: int, href: str) -> Node:
    found = depth.get(queue)
    total = found.total if found else 0
    is_for_operators = "dead" in queue
    mark: NodeMark = "idle" if not total else "failed" if is_for_operators else "waiting"
    return Node(
        id=queue, x=x, y=y, title=title, line=f"{total} waiting" if total else "empty", mark=mark, href=href
    )
