"""What `status` reads, and what of it needs attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.dead_letters.messages import DEAD_LETTER_QUEUES
from ops.mappings import CONSUMERS, QueueMapping, RedeliverSchedule
from ops.queues import Depth
from ops.redrive import FailedExecution
from ops.tables import KnownWebhook
from ops.webhooks.reading import WebhookHealth
from ops.words import number_of

_SIGNALS = ("undelivered", "record-deliveries-failed")
_STOPPED = "docs/runbook.md#redelivery-stopped"
_FAILING = "docs/runbook.md#webhooks-that-fail"
# As the alarm `signals-wait` has it.
_LONGEST_SIGNALS_WAIT_SECONDS = 3_600
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
    failing: Sequence[KnownWebhook]
    """Those whose events wait and may be lost: failing, disabled and unsubscribed."""
    webhook_count: int
    alarms: Sequence[AlarmRaised]
    failed_executions: Sequence[FailedExecution]
    webhooks: Sequence[WebhookHealth] = ()
    """Those that are not active."""
    mappings: Sequence[QueueMapping] = ()
    schedule: RedeliverSchedule | None = None
    dead: int = 0
    """The deliveries that were given up in the last week and could be sent again."""

    def concerns(self) -> Iterator[str]:
        """Yield what needs an operator's attention, each with its section of the runbook."""
        if self.health != 200:
            answered = f"answers {self.health}" if self.health else "does not answer"
            yield f"the API {answered}: docs/runbook.md#api-5xx"
        for queue in self.queues:
            # On the other queues messages are being processed.
            if queue.queue in DEAD_LETTER_QUEUES and queue.total:
                yield f"{queue.total} on {queue.queue}: docs/runbook.md#{queue.queue}"
            if queue.queue == "orders" and (queue.oldest_seconds or 0) > _LONGEST_ORDERS_WAIT_SECONDS:
                yield "orders wait longer than ten minutes: docs/runbook.md#orders-wait"
            if queue.queue in _SIGNALS and (queue.oldest_seconds or 0) > _LONGEST_SIGNALS_WAIT_SECONDS:
                yield f"messages on {queue.queue} wait longer than an hour: docs/runbook.md#signals-wait"
        yield from self._stopped()
        yield from self._undelivered()
        for alarm in self.alarms:
            yield f"alarm {alarm.name}: {alarm.description}"
        if self.failed_executions:
            executions = number_of(len(self.failed_executions), "execution")
            yield f"{executions} failed: docs/runbook.md#executions-failed"

    def _stopped(self) -> Iterator[str]:
        for each in self.mappings:
            if not each.is_enabled:
                section = CONSUMERS[each.function]
                yield (
                    f"the event source mapping of {each.function} on {each.queue} is {each.state}: "
                    f"docs/runbook.md#{section}"
                )
        if self.schedule is not None and not self.schedule.is_enabled:
            yield f"the schedule {self.schedule.name} is {self.schedule.state}: {_STOPPED}"

    def _undelivered(self) -> Iterator[str]:
        for each in self.webhooks:
            if each.needs_attention:
                status = each.webhook.status.replace("_", " ")
                yield f"{each.webhook.webhook_id} of {each.webhook.client_id} is {status}: {_FAILING}"
        if self.dead:
            deliveries = f"{number_of(self.dead, 'delivery')} {'was' if self.dead == 1 else 'were'}"
            yield f"{deliveries} given up in the last seven days: docs/runbook.md#deliveries-dead"
