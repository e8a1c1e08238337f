"""Which of a webhook's rows are due, and for how long they may wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.domain.deliveries.row import Reason, Row, RowState, Trigger
from functions.domain.deliveries.timing import LONGEST_WAIT
from functions.domain.deliveries.webhook_state import WebhookState


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEntry:
    """An entry of the index of rows that wait for a publication; `due_at` None is at once."""

    key: str
    due_at: datetime | None = None
    failed_at: datetime | None = None
    reason: Reason | None = None


def entry_of(row: Row) -> DueEntry:
    """Return the row's entry in the index."""
    return DueEntry(key=row.key, due_at=row.due_at, failed_at=row.failed_at, reason=row.reason)


def is_due(entry: DueEntry, state: WebhookState, now: datetime) -> bool:
    """Whether a row may be published for a webhook that receives events.

    What failed because the webhook was unavailable is due at once when the webhook has recovered.
    """
    if entry.due_at is None or entry.due_at <= now:
        return True
    if state.released_at is None or entry.failed_at is None or entry.reason is Reason.REJECTED:
        return False
    return entry.failed_at <= state.released_at


def is_probe(entry: DueEntry, now: datetime) -> bool:
    """Whether a failing webhook may be tried with a row: not with one that it has only just refused."""
    return entry.reason is not Reason.REJECTED or entry.due_at is None or entry.due_at <= now


def trigger_of(row: Row) -> Trigger:
    """Return why a due row is published."""
    if row.state is RowState.OWED:
        return Trigger.SCHEDULE if row.trigger is Trigger.PROBE else row.trigger
    return Trigger.SILENCE if row.reason is Reason.SILENT else Trigger.SCHEDULE


def wait_ends_at(row: Row, waiting_since: datetime) -> datetime:
    """Return when a row of a waiting webhook has waited for too long."""
    return max(row.created_at, waiting_since) + LONGEST_WAIT
