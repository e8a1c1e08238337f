"""Recoveries that clients have asked for, page by page."""

from __future__ import annotations

from dataclasses import replace

from functions.domain.deliveries.job import RecoverJob, advance, recovered
from functions.domain.deliveries.row import Row
from functions.domain.deliveries.serving.run_context import Event
from functions.domain.deliveries.serving.turn import Turn
from functions.domain.instant import timestamp

_ROWS_A_TURN = 100
# Sorts after every event ID: the range ends with the last event of its last instant.
_AFTER_EVERY_ID = "#~"


def recover_page(turn: Turn) -> None:
    """Make a page of missed rows due, and end the job after the last."""
    context, (job_id, *others) = turn.context, turn.state.jobs
    job = context.schedule.find_job(turn.state.webhook_id, job_id)
    if job is not None and job.status == "running" and not _walk(turn, job):
        return
    turn.save(replace(turn.state, jobs=tuple(others), work_at=context.clock()))


def _walk(turn: Turn, job: RecoverJob) -> bool:
    """Walk one page; return whether it was the last."""
    context = turn.context
    page = context.schedule.rows_between(
        job.webhook_id,
        job.cursor or timestamp(job.since),
        timestamp(job.until) + _AFTER_EVERY_ID,
        _ROWS_A_TURN,
    )
    is_last = len(page) < _ROWS_A_TURN
    sent = sum(_recover(turn, job, row) for row in page)
    context.report.add(Event.RECOVERED_ROWS, sent)
    context.schedule.save_job(advance(job, page, sent, context.clock(), is_last=is_last))
    return is_last


def _recover(turn: Turn, job: RecoverJob, row: Row) -> bool:
    if recovered(job, row) is None:
        return False
    turn.context.change_row(row, lambda each: recovered(job, each) or each)
    turn.done.discard(row.key)
    return True
