"""The table, as its ports promise it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from functions.domain.deliveries.due import DueEntry, entry_of
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.row import Attempt, Row, RowState
from functions.domain.deliveries.silence import SignalCounts
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.webhook_state import Recipient, WebhookState


class Killed(BaseException):
    """The function's process is gone."""


def never(_: datetime) -> None:
    """Nobody waits for it."""


class Backlog(dict[str, Row]):
    """Many owed rows of one webhook, each made when it is first read."""

    def __init__(self, template: Row, number: int) -> None:
        super().__init__()
        self._template = template
        self.event_ids = [f"x{each:05}" for each in range(number)]

    def __missing__(self, key: str) -> Row:
        return self.setdefault(key, replace(self._template, event_id=key.rpartition("#")[2]))

    def get(self, key: str, default: object = None) -> Row:  # type: ignore[override]
        return self[key]


class MemoryTable:
    """Every port that stores. `before_call` gets each call's name: to let time pass, or to be killed."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self.states: dict[str, WebhookState] = {}
        self.events: dict[str, StoredEvent] = {}
        self.messages: dict[str, Message] = {}
        self.jobs: dict[str, RecoverJob] = {}
        self.recipients: dict[str, Recipient] = {}
        self.attempts: dict[tuple[str, str, str, int], Attempt] = {}
        self.counts: dict[datetime, SignalCounts] = defaultdict(SignalCounts)
        self.lease: tuple[str, datetime] | None = None
        self.has_lease = True
        self.on_due: Callable[[datetime], None] = never
        self._due: dict[str, list[str]] = defaultdict(list)
        self._deadlines: list[tuple[datetime, str, str]] = []

    # What any function does.

    def find_row(self, webhook_id: str, key: str) -> Row | None:
        return self.rows[webhook_id].get(key)

    def create_event(self, event: StoredEvent, now: datetime) -> StoredEvent | None:
        existing = self.events.get(event.event_id)
        self.events.setdefault(event.event_id, event)
        return existing

    def record_topic(self, event_id: str, topic_arn: str, sns_message_id: str) -> None:
        event = self.events[event_id]
        self.events[event_id] = replace(
            event, topics_published={**event.topics_published, topic_arn: sns_message_id}
        )

    def create_rows(self, rows: Sequence[Row]) -> list[Row]:
        return [self.create_row(each) for each in rows]

    def find_states(self, webhook_ids: Sequence[str]) -> dict[str, WebhookState]:
        return {each: self.states[each] for each in webhook_ids if each in self.states}

    def create_row(self, row: Row) -> Row:
        stored = self.find_row(row.webhook_id, row.key)
        if stored is None:
            self._store(None, row)
        return stored or row

    def save_row(self, row: Row) -> Row | None:
        stored = self.rows[row.webhook_id][row.key]
        if stored.version != row.version:
            return None
        saved = replace(row, version=row.version + 1)
        self._store(stored, saved)
        return saved

    def find_state(self, webhook_id: str) -> WebhookState | None:
        return self.states.get(webhook_id)

    def save_state(self, state: WebhookState) -> WebhookState | None:
        stored = self.states.get(state.webhook_id)
        if (stored.version if stored else 0) != state.version:
            return None
        self.states[state.webhook_id] = replace(state, version=state.version + 1)
        if state.work_at is not None:
            self.on_due(state.work_at)
        return self.states[state.webhook_id]

    def find_event(self, event_id: str) -> StoredEvent | None:
        return self.events.get(event_id)

    def put_message(self, message: Message) -> None:
        self.messages[message.sns_message_id] = message

    def put_attempt(self, row: Row, attempt: Attempt) -> None:
        self.attempts[row.webhook_id, row.event_id, attempt.sns_message_id, attempt.number] = attempt

    def find(self, client_id: str, webhook_id: str) -> Recipient | None:
        return self.recipients.get(webhook_id)

    def confirm(self, recipient: Recipient, at: datetime) -> Recipient:
        self.recipients[recipient.webhook_id] = replace(recipient, confirmed_at=at)
        return self.recipients[recipient.webhook_id]

    def add_backlog(self, template: Row, number: int) -> None:
        """Have so many rows like this one wait at its webhook, which has no others."""
        backlog = Backlog(template, number)
        self.rows[template.webhook_id] = backlog
        self._due[template.webhook_id] = [f"{template.event_time}#{each}" for each in backlog.event_ids]

    # The schedule.

    def due_webhooks(self, now: datetime) -> Sequence[tuple[str, datetime]]:
        due = [(s.work_at, s.webhook_id) for s in self.states.values() if s.work_at and s.work_at <= now]
        return [(webhook_id, work_at) for work_at, webhook_id in sorted(due)]

    def next_due_at(self) -> datetime | None:
        """The earliest instant at which a run has something to do."""
        due = [each.work_at for each in self.states.values() if each.work_at is not None]
        return min([*due, *(each[0] for each in self._deadlines[:1])], default=None)

    def overdue_rows(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        return [(each[1], each[2]) for each in self._deadlines[:limit] if each[0] <= now]

    def due_rows(self, webhook_id: str, after: str | None, limit: int) -> Sequence[DueEntry]:
        keys = self._due[webhook_id]
        start = 0 if after is None else bisect_left(keys, after + "\0")
        return [entry_of(self.rows[webhook_id][key]) for key in keys[start : start + limit]]

    def rows_between(self, webhook_id: str, since: str, until: str, limit: int) -> Sequence[Row]:
        keys = sorted(key for key in self.rows[webhook_id] if since < key < until)
        return [self.rows[webhook_id][key] for key in keys[:limit]]

    def find_job(self, webhook_id: str, job_id: str) -> RecoverJob | None:
        return self.jobs.get(job_id)

    def save_job(self, job: RecoverJob) -> None:
        self.jobs[job.job_id] = job

    def acquire_lease(self, holder: str, now: datetime, until: datetime) -> bool:
        if self.has_lease and self.lease is not None and self.lease[1] > now and self.lease[0] != holder:
            return False
        self.lease = (holder, until)
        return True

    def release_lease(self, holder: str) -> None:
        if self.lease is not None and self.lease[0] == holder:
            self.lease = None

    def signal_counts(self, now: datetime) -> SignalCounts:
        hour = now.replace(minute=0, second=0, microsecond=0)
        found = [counts for at, counts in self.counts.items() if 0 <= (hour - at).total_seconds() <= 3_600]
        return SignalCounts(
            answered=sum(each.answered for each in found),
            silent=sum(each.silent for each in found),
            resent=sum(each.resent for each in found),
        )

    def count_signals(self, now: datetime, *, answered: int = 0, silent: int = 0, resent: int = 0) -> None:
        hour = now.replace(minute=0, second=0, microsecond=0)
        old = self.counts[hour]
        self.counts[hour] = SignalCounts(
            answered=old.answered + answered, silent=old.silent + silent, resent=old.resent + resent
        )

    def _store(self, old: Row | None, new: Row) -> None:
        self.rows[new.webhook_id][new.key] = new
        if (old is not None and old.is_due_listed) is not new.is_due_listed:
            keys = self._due[new.webhook_id]
            if new.is_due_listed:
                insort(keys, new.key)
            else:
                del keys[bisect_left(keys, new.key)]
        was, will_be = _deadline(old), _deadline(new)
        if was != will_be:
            if was is not None:
                del self._deadlines[bisect_left(self._deadlines, was)]
            if will_be is not None:
                insort(self._deadlines, will_be)
                self.on_due(will_be[0])


def _deadline(row: Row | None) -> tuple[datetime, str, str] | None:
    if row is None or row.state is not RowState.PENDING or row.deadline_at is None:
        return None
    return row.deadline_at, row.webhook_id, row.key


class Interrupted:
    """A port whose calls take time, and any of which may be the function's last."""

    def __init__(self, port: object, before_call: Callable[[str], None]) -> None:
        self._port = port
        self._before_call = before_call

    def __getattr__(self, name: str) -> object:
        call = getattr(self._port, name)

        def called(*args: object, **named: object) -> object:
            self._before_call(name)
            return call(*args, **named)

        return called
