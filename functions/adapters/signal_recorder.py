"""Records batches of signals: entries of SNS's log groups, and dead-lettered envelopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.adapters.deliveries_table import DeliveriesTable, RowKey
from functions.adapters.signal_counters import SignalCounters
from functions.adapters.signal_source import Dropped, SignalSource
from functions.domain.deliveries.changes import wake_webhook
from functions.domain.deliveries.envelope import Envelope
from functions.domain.deliveries.first_publication import new_row
from functions.domain.deliveries.log_batch import LogEvent
from functions.domain.deliveries.log_entry import LogEntry, UnreadableEntry, read_entry
from functions.domain.deliveries.recording import Recorder
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import Recipient

_UNREADABLE = "unreadable"


@dataclass(slots=True)
class Recorded:
    """What was recorded: attempts by status class and trigger, rows that ended, and what was dropped."""

    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended: Counter[RowState] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    answered: int = 0


@dataclass(frozen=True, kw_only=True)
class SignalRecorder:
    """Finds each signal's row, and records it there."""

    deliveries: DeliveriesTable
    counters: SignalCounters
    source: SignalSource
    recorder: Recorder
    clock: Callable[[], datetime]
    recorded: Recorded = field(default_factory=Recorded)

    def record_log(self, events: Sequence[LogEvent], seconds_left: Callable[[], float]) -> list[LogEvent]:
        """Record log events while time is left, and return those to be tried again later."""
        read: dict[int, LogEvent] = {}
        entries: list[LogEntry] = []
        for event in events:
            try:
                entry = read_entry(event.message, logged_at=event.logged_at, log_group=event.log_group)
            except UnreadableEntry:
                self.recorded.dropped[_UNREADABLE] += 1
                continue
            entries.append(entry)
            read[id(entry)] = event
        matches = self.source.match(entries, self.clock())
        self.recorded.dropped.update(matches.dropped)
        later = [read[id(entry)] for entry in matches.unknown]
        self._prepare({row.webhook_id for row, _, _ in matches.signals})
        rows: dict[RowKey, Row] = {}
        for row, signal, entry in matches.signals:
            if seconds_left() <= 0:
                later.append(read[id(entry)])
                continue
            # A batch may have several entries of one row.
            key = (row.webhook_id, row.key)
            rows[key] = self._record(rows.get(key, row), signal)
        self._count_answered()
        return later

    def record_envelope(self, envelope: Envelope, dead_lettered_at: datetime) -> Dropped | None:
        """Record that SNS has given up on a publication; return why it changes nothing, or None.

        An envelope without a row is of a version that stored none, or of one whose item has expired: it gets
        a row, and redeliver publishes it again.
        """
        webhook = self.source.webhook_of(envelope)
        if webhook is None:
            return Dropped.NO_WEBHOOK
        recipient = webhook.recipient
        claim = self.source.claim_of(envelope.sns_message_id)
        row = self.deliveries.find_row(recipient.webhook_id, f"{envelope.event_time}#{envelope.event_id}")
        if row is None:
            return self._take_over(envelope, recipient)
        self._record(row, envelope.signal(recipient.webhook_id, claim, dead_lettered_at))
        self._count_answered()
        return None

    def _record(self, before: Row, signal: Signal) -> Row:
        after = self.recorder.record(before, signal)
        if signal.attempt is not None:
            self.recorded.attempts[status_class(signal.status), before.trigger.value] += 1
        if before.is_open and not after.is_open:
            self.recorded.ended[after.state] += 1
        if before.state is RowState.PENDING and after.state is not RowState.PENDING:
            self.recorded.answered += 1
        return after

    def _count_answered(self) -> None:
        if self.recorded.answered:
            self.counters.count_signals(self.clock(), answered=self.recorded.answered)
            self.recorded.answered = 0

    def _prepare(self, webhook_ids: set[str]) -> None:
        """Read the states of a batch's webhooks at once."""
        missing = [each for each in webhook_ids if each not in self.recorder.states]
        found = self.deliveries.find_states(missing)
        self.recorder.states.update({each: found.get(each) for each in missing})

    def _take_over(self, envelope: Envelope, recipient: Recipient) -> Dropped | None:
        event = StoredEvent(
            event_id=envelope.event_id,
            client_id=envelope.client_id,
            event_type=envelope.event_type,
            subject=envelope.subject,
            event_time=envelope.event_time,
            document=envelope.document,
            md5=envelope.md5,
            webhook_ids=(recipient.webhook_id,),
        )
        now = self.clock()
        row = new_row(event, recipient, Trigger.SCHEDULE, now)
        if row.is_sent_once:
            return Dropped.SENT_ONCE
        self.deliveries.create_event(event, now)
        wake_webhook(self.deliveries, recipient, self.deliveries.find_state(recipient.webhook_id), now)
        self.deliveries.create_rows([row])
        return None


def status_class(status: int | None) -> str:
    """Return the class of a status code, such as 5xx, or `none` where there was no answer."""
    return "none" if status is None else f"{status // 100}xx"
