"""Recoveries: which rows are sent again, and how far a job has come."""

from __future__ import annotations

import pytest

from functions.domain.deliveries.job import RecoverJob, advance, recovered
from functions.domain.deliveries.row import Reason, RowState, Trigger
from functions.domain.deliveries.silence import defer
from tests.functions.domain.deliveries.samples import at, pending, row

JOB = RecoverJob(
    webhook_id="wh_1", job_id="j", registration="r1", since=at(0), until=at(9_000), created_at=at(9_000)
)


@pytest.mark.parametrize("state", [RowState.DEAD, RowState.RETRYING])
def test_a_missed_row_is_due_at_once_with_its_whole_schedule(state) -> None:
    missed = row(state=state, retries=6, reason=Reason.REJECTED, due_at=at(99_000), dead_at=at(1))
    again = recovered(JOB, missed)
    assert again is not None
    assert (again.state, again.trigger, again.retries) == (RowState.OWED, Trigger.RECOVER, 0)
    assert (again.due_at, again.dead_at, again.expires_at) == (None, None, None)


@pytest.mark.parametrize(
    "skipped",
    [
        pending(),
        row(),
        row(state=RowState.DELIVERED, delivered_at=at(1)),
        row(state=RowState.DEAD, registration="r0"),
        row(state=RowState.DEAD, event_type="webhook.test"),
        row(state=RowState.DEAD, reason=Reason.REMOVED),
    ],
)
def test_everything_else_is_skipped(skipped) -> None:
    assert recovered(JOB, skipped) is None


def test_a_job_counts_its_pages_and_ends() -> None:
    first = advance(JOB, [row(event_id="e1"), row(event_id="e2")], 1, at(9_001), is_last=False)
    assert (first.cursor, first.sent, first.skipped, first.status) == (
        row(event_id="e2").key,
        1,
        1,
        "running",
    )
    last = advance(first, [], 0, at(9_002), is_last=True)
    assert (last.cursor, last.sent, last.status, last.finished_at) == (first.cursor, 1, "done", at(9_002))


def test_a_deferred_row_keeps_when_it_was_found_silent() -> None:
    deferred = defer(defer(pending(), at(40_000)), at(41_000))
    assert (deferred.silent_at, deferred.deadline_at) == (at(40_000), at(41_900))
