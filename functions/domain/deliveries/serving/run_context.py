"""What every part of a run shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock

from functions.domain.deliveries.health import HealthChange
from functions.domain.deliveries.recording import Notices
from functions.domain.deliveries.row import Row, RowState
from functions.domain.deliveries.serving.ports import (
    Deliveries,
    Recipients,
    Schedule,
    SignalCounters,
    SignalLog,
    Sns,
)
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import (
    WAKE_INTERVAL,
    Recipient,
    WebhookState,
    new_state,
    wake,
)

_ATTEMPTS_TO_WRITE = 8


class Event(StrEnum):
    """What a run counts."""

    PUBLISHED = "published"
    PROBED = "probed"
    RECOVERED_ROWS = "recovered_rows"
    ENDED = "ended"
    """Rows that became dead."""
    INTERRUPTED = "interrupted"
    ANSWERED_LATE = "answered_late"
    SILENT = "silent"
    RESENT = "resent"
    DEFERRED = "deferred"
    ERRORS = "errors"


class Conflict(Exception):  # noqa: N818 - reads as what it is
    """Another write was faster, again and again."""


@dataclass(slots=True)
class Report:
    """What a run has done; threads add to it."""

    counts: Counter[Event] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    behind_seconds: float = 0.0
    silent_percent: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def fail(self, error: Exception) -> None:
        """Note an error that ended a part of the run."""
        with self._lock:
            self.counts[Event.ERRORS] += 1
            self.errors.append(f"{type(error).__name__}: {error}")

    def add(self, event: Event, number: int = 1) -> None:
        """Count something."""
        with self._lock:
            self.counts[event] += number


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """The ports, the settings and the clock of one run.

    `seconds_left` is the run's own time, which on the laptop passes slower than the clock's.
    """

    deliveries: Deliveries
    schedule: Schedule
    counters: SignalCounters
    recipients: Recipients
    sns: Sns
    signal_log: SignalLog
    notices: Notices
    timing: Timing
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    seconds_left: Callable[[], float]
    report: Report = field(default_factory=Report)
    woken: dict[str, datetime] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether the run has used up its time."""
        return self.seconds_left() <= 0

    def change_row(self, row: Row, change: Callable[[Row], Row]) -> Row:
        """Save a changed row, read again and changed again after a conflict; return what is stored."""
        for _ in range(_ATTEMPTS_TO_WRITE):
            changed = change(row)
            if changed == row:
                return row
            saved = self.deliveries.save_row(changed)
            if saved is not None:
                is_ended = saved.state is RowState.DEAD and row.state is not RowState.DEAD
                self.report.add(Event.ENDED, int(is_ended))
                return saved
            current = self.deliveries.find_row(row.webhook_id, row.key)
            if current is None:
                return row
            row = current
        raise Conflict(f"row {row.key} of {row.webhook_id}")

    def wake(self, recipient: Recipient, at: datetime) -> None:
        """Have a webhook looked at no later than at `at`.

        It is done before a row is stored that depends on it: a function that is killed in between then leaves
        a visit too many, and not a row that nothing is responsible for. Once in a while is enough: no run
        forgets a webhook sooner after it was asked for.
        """
        now = self.clock()
        woken_at = self.woken.get(recipient.webhook_id)
        if woken_at is not None and at <= now < woken_at + WAKE_INTERVAL:
            return
        if self.change_state(recipient.webhook_id, lambda state: wake(state, at, now)) is None:
            self.deliveries.save_state(new_state(recipient, now))
        if at <= now:
            self.woken[recipient.webhook_id] = now

    def change_health(self, webhook_id: str, change: Callable[[WebhookState], HealthChange]) -> None:
        """Inform the client's other webhooks of a change of a webhook's health, and store it."""

        def changed(state: WebhookState) -> WebhookState:
            health = change(state)
            if health.notice is not None:
                self.notices.send(health.notice)
            return health.state

        self.change_state(webhook_id, changed)

    def change_state(
        self, webhook_id: str, change: Callable[[WebhookState], WebhookState]
    ) -> WebhookState | None:
        """Read, change and save a webhook's state until no other write is faster."""
        for _ in range(_ATTEMPTS_TO_WRITE):
            state = self.deliveries.find_state(webhook_id)
            if state is None:
                return None
            changed = change(state)
            if changed == state:
                return state
            saved = self.deliveries.save_state(changed)
            if saved is not None:
                return saved
        raise Conflict(f"state of {webhook_id}")
