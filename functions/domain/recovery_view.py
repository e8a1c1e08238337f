"""A recovery as the client that asked for it sees it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from functions.domain.deliveries.job import RecoverJob
from functions.domain.instant import optional_timestamp, timestamp
from functions.domain.timestamp import Timestamp


class RecoveryView(BaseModel):
    """A recovery: `sent` counts the events that are due again, `skipped` those that need none."""

    model_config = ConfigDict(frozen=True)

    job_id: str
    webhook_id: str
    since: Timestamp
    until: Timestamp
    status: Literal["running", "done"]
    sent: int
    skipped: int
    created_at: Timestamp
    finished_at: Timestamp | None


def recovery_view(job: RecoverJob) -> RecoveryView:
    """Return what the API shows of a recovery."""
    return RecoveryView(
        job_id=job.job_id,
        webhook_id=job.webhook_id,
        since=timestamp(job.since),
        until=timestamp(job.until),
        status=job.status,
        sent=job.sent,
        skipped=job.skipped,
        created_at=timestamp(job.created_at),
        finished_at=optional_timestamp(job.finished_at),
    )
