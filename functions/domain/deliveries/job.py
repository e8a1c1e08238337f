"""Recoveries: a client asks for everything that a webhook has missed in a range of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from functions.domain.deliveries.outcome import owed_again
from functions.domain.deliveries.row import Row, RowState, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverJob:
    """One recovery. `since` and `until` bound the events' times; `cursor` is the key of the last row done.

    `sent` counts the rows that are due again, and `skipped` those that are delivered, in progress or of an
    earlier registration.
    """

    webhook_id: str
    job_id: str
    registration: str
    since: datetime
    until: datetime
    created_at: datetime
    cursor: str | None = None
    sent: int = 0
    skipped: int = 0
    status: Literal["running", "done"] = "running"
    finished_at: datetime | None = None


def recovered(job: RecoverJob, row: Row) -> Row | None:
    """Return the row due at once, with its schedule from the start, or None where it is skipped."""
    is_missed = row.is_missed or (row.state is RowState.RETRYING and not row.is_sent_once)
    if not is_missed or row.registration != job.registration:
        return None
    return owed_again(row, Trigger.RECOVER, restart_schedule=True)


def advance(job: RecoverJob, page: Sequence[Row], sent: int, now: datetime, *, is_last: bool) -> RecoverJob:
    """Return the job after a page of rows, of which `sent` became due."""
    return replace(
        job,
        cursor=page[-1].key if page else job.cursor,
        sent=job.sent + sent,
        skipped=job.skipped + len(page) - sent,
        status="done" if is_last else "running",
        finished_at=now if is_last else None,
    )
