"""The service as a picture: what waits or fails is marked."""

from __future__ import annotations

from collections.abc import Sequence

from ops.console.graph import Edge, Node, NodeMark, Picture
from ops.orders.listed_order import ListedOrder
from ops.status.facts import Status
from ops.trace.sources import DeliveryEntry


def architecture(
    status: Status, orders: Sequence[ListedOrder], deliveries: Sequence[DeliveryEntry]
) -> Picture:
    """Return the picture of the last day's orders, the last hour's deliveries and the dead ones."""
    pending = sum(each.status == "pending" for each in orders)
    taken = sum(each.succeeded for each in deliveries)
    edges = [
        Edge(start="api", end="orders", label=_count(len(orders))),
        Edge(start="orders", end="workflow", label=_count(len(orders))),
        Edge(start="workflow", end="topic", label=_count(len(orders) - pending)),
        Edge(start="topic", end="webhooks", label=_count(taken)),
        Edge(start="orders", end="orders-dead-letters"),
        Edge(start="webhooks", end="undelivered", label=_failed(len(deliveries) - taken)),
        Edge(start="undelivered", end="deliveries"),
        Edge(start="deliveries", end="topic", label="again"),
    ]
    return Picture(nodes=[*_way(status, pending, len(deliveries)), *_failures(status)], edges=edges)


def _way(status: Status, pending: int, attempts: int) -> list[Node]:
    failed = len(status.failed_executions)
    is_healthy = status.health == 200
    failing = len(status.failing)
    return [
        Node(
            id="api",
            x=0,
            y=0,
            title="HTTP API",
            line="healthy" if is_healthy else f"answers {status.health or 'nothing'}",
            mark="ok" if is_healthy else "failed",
            href="/orders",
        ),
        _queue(status, "orders", "Orders queue", 1, 0, "/orders?status=pending"),
        Node(
            id="workflow",
            x=2,
            y=0,
            title="Workflow",
            line=f"{failed} failed" if failed else f"{pending} pending",
            mark="failed" if failed else "waiting" if pending else "ok",
            href="/stuck" if failed else "/orders",
        ),
        Node(
            id="topic",
            x=3,
            y=0,
            title="SNS topic",
            line=f"{attempts} in an hour",
            mark="ok",
            href="/webhooks",
        ),
        Node(
            id="webhooks",
            x=4,
            y=0,
            title="Webhooks",
            line=f"{failing} of {status.webhook_count} fail"
            if failing
            else f"{status.webhook_count} registered",
            mark="failed" if failing else "ok",
            href="/webhooks",
        ),
    ]


def _failures(status: Status) -> list[Node]:
    return [
        _queue(status, "orders-dead-letters", "Dead letters", 1, 1, "/stuck"),
        _queue(status, "undelivered", "Undelivered", 4, 1, "/stuck"),
        Node(
            id="deliveries",
            x=3,
            y=1,
            title="Deliveries",
            line=f"{status.dead} dead" if status.dead else "none dead",
            mark="failed" if status.dead else "ok",
            href="/stuck",
        ),
    ]


def _failed(number: int) -> str:
    return f"{number:,} failed" if number else "fails"


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _queue(status: Status, queue: str, title: str, x: int, y: int, href: str) -> Node:
    total = sum(each.total for each in status.queues if each.queue == queue)
    is_for_operators = "dead" in queue
    mark: NodeMark = "idle" if not total else "failed" if is_for_operators else "waiting"
    return Node(
        id=queue, x=x, y=y, title=title, line=f"{total} waiting" if total else "empty", mark=mark, href=href
    )
