"""What a signal changes: its row, its webhook's health, and what others are informed of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from functions.domain.deliveries.changes import Versioned, change_row, change_state, wake_webhook
from functions.domain.deliveries.health import Notice, apply_health
from functions.domain.deliveries.outcome import apply
from functions.domain.deliveries.row import Attempt, Row
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import WAKE_INTERVAL, Recipient, WebhookState


class Deliveries(Versioned, Protocol):
    """Where rows, states and attempts are stored."""

    def put_attempt(self, row: Row, attempt: Attempt) -> None: ...  # noqa: D102


class Notices(Protocol):
    """The opt-in events about webhooks."""

    def send(self, notice: Notice) -> None:
        """Inform the client's other webhooks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Records the signals of one batch; `states` are those that are known already."""

    deliveries: Deliveries
    notices: Notices
    timing: Timing
    clock: Callable[[], datetime]
    states: dict[str, WebhookState | None] = field(default_factory=dict)
    woken: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def record(self, row: Row, signal: Signal) -> Row:
        """Apply a signal to its row and to its webhook's health; return the row as it is stored.

        A repetition, also after a kill between two steps, writes what is missing and nothing twice.
        """
        now = self.clock()
        change = apply(row, signal, self.timing)
        if change.attempt is not None:
            self.deliveries.put_attempt(row, change.attempt)
        if change.work_at is not None:
            self._wake(row, now)
        saved = change_row(self.deliveries, row, lambda each: apply(each, signal, self.timing).row)
        if saved is None:
            return row
        self._change_health(saved, signal, now)
        return saved

    def _wake(self, row: Row, now: datetime) -> None:
        """Have redeliver look at the webhook; a batch of failures costs one write for that."""
        registration = (row.webhook_id, row.registration)
        woken_at = self.woken.get(registration)
        if woken_at is not None and now < woken_at + WAKE_INTERVAL:
            return
        wake_webhook(self.deliveries, _recipient_of(row), self._state(row), now)
        self.states.pop(row.webhook_id, None)
        self.woken[registration] = now

    def _change_health(self, row: Row, signal: Signal, now: datetime) -> None:
        known = self._state(row)
        if known is not None and known.registration != row.registration:
            return

        def change(state: WebhookState) -> WebhookState:
            health = apply_health(state, row, signal, now)
            if health.notice is not None:
                # Before the state is stored: a repetition after an error would find nothing to inform of.
                self.notices.send(health.notice)
            return health.state

        self.states[row.webhook_id] = change_state(self.deliveries, _recipient_of(row), known, change, now)

    def _state(self, row: Row) -> WebhookState | None:
        if row.webhook_id not in self.states:
            self.states[row.webhook_id] = self.deliveries.find_state(row.webhook_id)
        return self.states[row.webhook_id]


def _recipient_of(row: Row) -> Recipient:
    """Return as much of a row's webhook as its state needs."""
    return Recipient(
        client_id=row.client_id,
        webhook_id=row.webhook_id,
        registration=row.registration,
        topic_arn="",
        subscription_arn=None,
        is_paused=False,
        confirmed_at=None,
    )
