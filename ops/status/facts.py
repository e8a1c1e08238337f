"""What `status` reads, and what of it needs attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.queues import Depth
from ops.redrive import FailedExecution
from ops.tables import KnownWebhook

# Messages here need an operator; on the other queues they are being processed.
_DEAD_LETTERS = ("orders-dead-letters", "undelivered-unreadable", "record-deliveries-unreadable")
# As the alarm `orders-wait` has it.
_LONGEST_ORDERS_WAIT_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    """An alarm that is in ALARM."""

    name: str
    description: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A stack at one moment. `health` is what GET /health answered, 0 where it did not."""

    api_endpoint: str
    health: int
    queues: Sequence[Depth]
    pending: Sequence[KnownWebhook]
    failing: Sequence[KnownWebhook]
    webhook_count: int
    alarms: Sequence[AlarmRaised]
    failed_executions: Sequence[FailedExecution]

    def concerns(self) -> Iterator[str]:
        """Yield what needs an operator's attention.

        A failing webhook alone does not: its client has to repair it, and redelivery goes on for days. A
        dead-lettered event does.
        """
        if self.health != 200:
            answered = f"answers {self.health}" if self.health else "does not answer"
            yield f"the API {answered}: docs/runbook.md#api-5xx"
        for queue in self.queues:
            if queue.queue in _DEAD_LETTERS and queue.total:
                yield f"{queue.total} on {queue.queue}: docs/runbook.md#{queue.queue}"
            if queue.queue == "orders" and (queue.oldest_seconds or 0) > _LONGEST_ORDERS_WAIT_SECONDS:
                yield "orders wait longer than ten minutes: docs/runbook.md#orders-wait"
        for alarm in self.alarms:
            yield f"alarm {alarm.name}: {alarm.description}"
        if self.failed_executions:
            count = len(self.failed_executions)
            executions = "1 execution" if count == 1 else f"{count} executions"
            yield f"{executions} failed: docs/runbook.md#executions-failed"
