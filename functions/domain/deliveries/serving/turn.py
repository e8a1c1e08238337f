"""A part of the work for one webhook: what it knows, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from functions.domain.deliveries.health import HealthChange
from functions.domain.deliveries.outcome import end
from functions.domain.deliveries.row import Reason, Row
from functions.domain.deliveries.serving.due_scan import DueScan
from functions.domain.deliveries.serving.run_context import RunContext
from functions.domain.deliveries.webhook_state import Recipient, WebhookState

# An index may be behind: what was stored just before somebody asked for this visit may not be listed yet.
_INDEX_DELAY = timedelta(minutes=2)


class Overtaken(Exception):  # noqa: N818 - reads as what it is
    """Another write of the state was faster: the turn begins again."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """The webhook as it was read for this turn. `scan` and `done` (rows tried) last for the whole run.

    `stored` is the state as it is stored, and `state` as it will be at the turn's next save.
    """

    context: RunContext
    stored: WebhookState
    state: WebhookState
    recipient: Recipient | None
    scan: DueScan
    done: set[str] = field(default_factory=set)

    def save(self, state: WebhookState) -> None:
        """Save the state; raises `Overtaken`."""
        saved = self.context.deliveries.save_state(state)
        if saved is None:
            raise Overtaken
        self.state = self.stored = saved

    def apply(self, change: HealthChange) -> bool:
        """Inform the client's other webhooks of a change of health, and save it; return whether it is one."""
        if change.state == self.state:
            return False
        if change.notice is not None:
            self.context.notices.send(change.notice)
        self.save(change.state)
        return True

    def rest(self, *instants: datetime | None) -> None:
        """Store when the webhook must be looked at next: at the earliest of these, or not at all."""
        known = [each for each in instants if each is not None]
        if self.state.woken_at is not None:
            listed_at = self.state.woken_at + _INDEX_DELAY
            known += [listed_at] if listed_at > self.context.clock() else []
        resting = replace(self.state, work_at=min(known, default=None))
        if resting != self.stored:
            self.save(resting)

    def waiting_row(self, key: str) -> Row | None:
        """Return a row that waits for a publication; one of another registration is ended."""
        row = self.context.deliveries.find_row(self.state.webhook_id, key)
        if row is None or not row.is_due_listed:
            return None
        if self.recipient is None or row.registration != self.recipient.registration:
            self.end_row(row, Reason.WEBHOOK_DELETED)
            return None
        return row

    def end_row(self, row: Row, reason: Reason) -> None:
        """End a row that waits, unless it does no longer."""
        now = self.context.clock()
        self.context.change_row(row, lambda each: end(each, reason, now) if each.is_due_listed else each)
