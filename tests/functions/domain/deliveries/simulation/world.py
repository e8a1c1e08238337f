"""Clients, their webhooks, and the functions between them and SNS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, cast

from functions.domain.deliveries.first_publication import Publisher, Topics
from functions.domain.deliveries.health import Notice, activate
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.recording import Recorder
from functions.domain.deliveries.row import Row
from functions.domain.deliveries.serving.run import Machinery, run
from functions.domain.deliveries.serving.run_context import Report, RunContext
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import (
    Recipient,
    Standing,
    new_state,
    standing_of,
    wake,
)
from functions.domain.event import Event
from functions.domain.instant import timestamp
from tests.functions.domain.deliveries.samples import T0
from tests.functions.domain.deliveries.simulation.memory import Interrupted, Killed, MemoryTable
from tests.functions.domain.deliveries.simulation.sns import (
    Confirmation,
    Receiver,
    SignalPath,
    SimulatedSns,
    Undocumented,
)
from tests.functions.domain.deliveries.simulation.timeline import Timeline

TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
HOURS = (2, 5, 10, 10, 24, 24)


def accepts(_: StoredEvent, __: datetime) -> int:
    return 200


def down(_: StoredEvent, __: datetime) -> None:
    return None


class World:
    """Everything, with a run of redeliver each minute."""

    def __init__(
        self,
        *,
        path: SignalPath | None = None,
        undocumented: Undocumented | None = None,
        timing: Timing | None = None,
        kill_probability: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.timeline = Timeline()
        self.table = MemoryTable()
        self.path = path or SignalPath()
        self.timing = timing or Timing(delays_seconds=tuple(hours * 3_600 for hours in HOURS))
        self.sns = SimulatedSns(self.timeline, self.path, undocumented or Undocumented(), self.record)
        self.informed: dict[str, Event] = {}
        self.notices: list[Notice] = []
        self.reports: list[Report] = []
        self.random = Random(seed)
        self.kill_probability = kill_probability
        self.run_seconds = 50.0
        self.allows_errors = False
        self._tokens = (f"t{number}" for number in count())
        self._numbers = count()
        self._run_at: datetime | None = None
        self.table.on_due = self._arrange_run

    @property
    def now(self) -> datetime:
        return self.timeline.now

    # Clients.

    def register(
        self,
        webhook_id: str,
        receiver: Receiver = accepts,
        *,
        client_id: str = "c1",
        is_confirmed: bool = True,
    ) -> None:
        recipient = Recipient(
            client_id=client_id,
            webhook_id=webhook_id,
            registration=timestamp(self.now),
            topic_arn=TOPIC,
            subscription_arn=f"{TOPIC}:{webhook_id}",
            is_paused=False,
            confirmed_at=self.now if is_confirmed else None,
        )
        self.sns.receivers[webhook_id] = receiver
        self.sns.confirmations[webhook_id] = Confirmation.CONFIRMED if is_confirmed else Confirmation.PENDING
        old = self.table.states.get(webhook_id)
        self.table.recipients[webhook_id] = recipient
        self.table.save_state(replace(new_state(recipient, self.now), version=old.version if old else 0))

    def pause(self, webhook_id: str) -> None:
        recipient = self.table.recipients.get(webhook_id)
        if recipient is None:
            return
        self.table.recipients[webhook_id] = replace(recipient, is_paused=True)
        self._wake(webhook_id, self.now)

    def activate(self, webhook_id: str) -> None:
        recipient = self.table.recipients.get(webhook_id)
        if recipient is None:
            return
        self.table.recipients[webhook_id] = replace(recipient, is_paused=False)
        self.table.save_state(activate(self.table.states[webhook_id], self.now))

    def register_again(self, webhook_id: str) -> None:
        """Delete a webhook and register its URL again."""
        self.delete(webhook_id)
        self.register(webhook_id, self.sns.receivers[webhook_id])

    def subscribe_again(self, webhook_id: str) -> None:
        """Register a URL that is registered still: SNS asks for the confirmation of another subscription."""
        recipient = self.table.recipients[webhook_id]
        self.table.recipients[webhook_id] = replace(
            recipient, subscription_arn=f"{recipient.subscription_arn}-again", confirmed_at=None
        )
        self.sns.confirmations[webhook_id] = Confirmation.PENDING

    def delete(self, webhook_id: str) -> None:
        self.table.recipients.pop(webhook_id, None)
        self.sns.confirmations[webhook_id] = Confirmation.GONE
        self._wake(webhook_id, self.now)

    def recover(self, webhook_id: str, since: datetime, until: datetime) -> None:
        state = self.table.states[webhook_id]
        job = RecoverJob(
            webhook_id=webhook_id,
            job_id=f"job-{webhook_id}",
            registration=state.registration,
            since=since,
            until=until,
            created_at=self.now,
        )
        self.table.save_job(job)
        self.table.save_state(wake(replace(state, jobs=(*state.jobs, job.job_id)), self.now, self.now))

    def order(self, *, client_id: str = "c1", event_type: str = "order.paid") -> str:
        """An order's outcome is there to be sent."""
        number = next(self._numbers)
        document = {
            "id": f"e{number}",
            "type": event_type,
            "subject": f"order-{number}",
            "time": timestamp(self.now),
            "clientid": client_id,
        }
        event = Event(document=document, client_id=client_id)
        self.informed[event.id] = event
        self.inform(event)
        return event.id

    def orders(self, number: int, every_seconds: float, **how: str) -> None:
        """Have orders come, from now on."""
        for each in range(number):
            self.timeline.after(each * every_seconds, lambda: self.order(**how) and None)

    # The functions.

    def inform(self, event: Event) -> None:
        """inform_client, and the workflow's retry where it is killed."""
        try:
            self._inform(event)
        except Killed:
            self.timeline.after(2, lambda: self.inform(event))

    def _inform(self, event: Event) -> None:
        recipients = [each for each in self.table.recipients.values() if each.client_id == event.client_id]
        publisher = Publisher(
            deliveries=self._deliveries,
            topics=cast("Topics", Interrupted(self.sns, self._may_be_killed)),
            clock=lambda: self.now,
            timing=self.timing,
            first_topic_arn=TOPIC,
        )
        publisher.publish(event, recipients)

    def record(self, signal: Signal, tries: int = 0) -> None:
        """record_deliveries: what it cannot match yet, or was killed over, comes again."""
        try:
            if not self._record(signal, by_md5=tries >= 5):
                self.timeline.after(60, lambda: self.record(signal, tries + 1))
        except Killed:
            self.timeline.after(60, lambda: self.record(signal, tries))

    def _record(self, signal: Signal, *, by_md5: bool) -> bool:
        message = self.table.messages.get(signal.sns_message_id)
        if message is not None:
            key = f"{message.event_time}#{message.event_id}"
            signal = replace(signal, claim=message.claim)
        elif by_md5:
            key = next(
                row.key
                for row in self.table.rows[signal.webhook_id].values()
                if row.document_md5 == signal.md5
            )
        else:
            return False
        recorder = Recorder(
            deliveries=self._deliveries, notices=self, timing=self.timing, clock=lambda: self.now
        )
        recorder.record(self.table.rows[signal.webhook_id][key], signal)
        if signal.is_final:
            self.table.count_signals(self.now, answered=1)
        return True

    def _arrange_run(self, due_at: datetime) -> None:
        """Have redeliver run at the first full minute from `due_at`: a run without work would do nothing."""
        late_seconds = (max(due_at, self.now) - T0).total_seconds() % 60
        run_at = max(due_at, self.now) + timedelta(seconds=(60 - late_seconds) % 60)
        if self._run_at is None or run_at < self._run_at:
            self._run_at = run_at
            self.timeline.at(run_at, lambda: self._run(run_at))

    def _run(self, run_at: datetime) -> None:
        if self._run_at != run_at:
            return
        self._run_at = None
        self.redeliver()
        next_at = self.table.next_due_at()
        if next_at is not None:
            self._arrange_run(max(next_at, run_at + timedelta(seconds=1)))

    def redeliver(self, before_call: Callable[[str], None] | None = None) -> Report:
        """One run, whose calls take 2 ms and whose publications take 20 ms."""

        def passing(name: str) -> None:
            self._may_be_killed()
            if before_call is not None:
                before_call(name)
            self.timeline.advance(0.02 if name == "publish" else 0.002)

        def seconds_until(instant: datetime) -> float:
            return (instant - self.now).total_seconds()

        ends_at = self.now + timedelta(seconds=self.run_seconds)
        table, sns = Interrupted(self.table, passing), Interrupted(self.sns, passing)
        context = RunContext(
            deliveries=table,  # type: ignore[arg-type]
            schedule=table,  # type: ignore[arg-type]
            counters=table,  # type: ignore[arg-type]
            recipients=table,  # type: ignore[arg-type]
            sns=sns,  # type: ignore[arg-type]
            signal_log=sns,  # type: ignore[arg-type]
            notices=self,
            timing=self.timing,
            clock=lambda: self.now,
            new_token=lambda: next(self._tokens),
            seconds_left=lambda: seconds_until(ends_at),
        )
        with suppress(Killed):
            run(context, Machinery(take_turns=map, sleep=self.timeline.advance), next(self._tokens))
        if context.report.errors and not self.allows_errors:
            raise AssertionError(context.report.errors)
        self.reports.append(context.report)
        return context.report

    def send(self, notice: Notice) -> None:
        """Send a notice, once per webhook, type and hour, as its event's ID has it."""
        at = notice.at.replace(minute=0, second=0, microsecond=0)
        known = {
            (each.type, each.state.webhook_id, each.at.replace(minute=0, second=0, microsecond=0))
            for each in self.notices
        }
        if (notice.type, notice.state.webhook_id, at) not in known:
            self.notices.append(notice)

    # Looking.

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.timeline.advance(
            timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        )

    def rows(self, webhook_id: str) -> list[Row]:
        return [row for _, row in sorted(self.table.rows[webhook_id].items())]

    def states_of(self, webhook_id: str) -> set[str]:
        return {row.state.value for row in self.rows(webhook_id)}

    def standing(self, webhook_id: str) -> Standing:
        return standing_of(self.table.recipients[webhook_id], self.table.states[webhook_id])

    def received(self, webhook_id: str) -> list[str]:
        """The IDs of the events that the webhook has accepted, in order."""
        return [
            each.event_id
            for each in self.sns.received
            if each.webhook_id == webhook_id and each.status is not None and 200 <= each.status < 300
        ]

    def unaccounted(self) -> Sequence[Row]:
        """Rows that are neither delivered nor dead for a reason nor wait for somebody."""
        return [
            row
            for webhook_id in list(self.table.rows)
            for row in self.rows(webhook_id)
            if row.is_open and not self._waits(row)
        ]

    def _waits(self, row: Row) -> bool:
        recipient = self.table.recipients.get(row.webhook_id)
        return recipient is not None and standing_of(recipient, self.table.states[row.webhook_id]).is_waiting

    def _wake(self, webhook_id: str, at: datetime) -> None:
        self.table.save_state(wake(self.table.states[webhook_id], at, self.now))

    @property
    def _deliveries(self) -> Any:
        return Interrupted(self.table, self._may_be_killed)

    def _may_be_killed(self, _: str = "") -> None:
        if self.kill_probability and self.random.random() < self.kill_probability:
            raise Killed
