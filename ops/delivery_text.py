"""A delivery in words: its last answer, why it ended or waits, and what happens next and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from functions.domain.deliveries.row import Reason, Row, RowState
from functions.domain.webhook import WebhookStatus
from ops.instants import DatedText, span
from ops.trace.entry import answer_text

_REASONS: Mapping[Reason, str] = {
    Reason.UNAVAILABLE: "SNS gave up",
    Reason.REJECTED: "refused, and SNS does not retry that",
    Reason.GAVE_UP: "SNS gave up",
    Reason.SILENT: "SNS has logged no end",
    Reason.SCHEDULE_EXHAUSTED: "every redelivery failed",
    Reason.NOT_RETRIED: "an event of its kind is sent once",
    Reason.WAITED_TOO_LONG: "waited for 30 days",
    Reason.WEBHOOK_DELETED: "the webhook was deleted",
    Reason.DOCUMENT_EXPIRED: "the event is no longer stored",
    Reason.REMOVED: "removed by an operator",
}
_WAITS: Mapping[WebhookStatus, str] = {
    "pending_confirmation": "the webhook has not confirmed its subscription",
    "unsubscribed": "SNS has no subscription for the webhook",
    "paused": "the webhook is paused",
    "disabled": "the webhook is disabled",
    "failing": "the webhook is failing: one event at a time is tried",
}
NO_ATTEMPT = "no attempt yet"


def last_answer(row: Row) -> str:
    """Return what a webhook answered last, such as "503 (maintenance)"; "" before the first attempt."""
    last = row.last_attempt or row.delivered
    return "" if last is None else answer_text(last.status, last.response)


def reason_of(row: Row, status: WebhookStatus | None = None) -> str:
    """Return why a delivery is dead or waits; `status` is its webhook's, None where that is not known."""
    if row.is_due_listed and status is not None and status in _WAITS:
        return _WAITS[status]
    why = _REASONS[row.reason] if row.reason else ""
    if not why:
        return "is published in a moment" if row.state is RowState.OWED else ""
    answer = last_answer(row)
    return f"{why}: {answer}" if answer else why


def following(
    row: Row, status: WebhookStatus | None, now: datetime, next_attempt_at: datetime | None = None
) -> DatedText:
    """Return what happens next.

    `status` is the webhook's, and `next_attempt_at` when SNS tries again, both where they are known.
    """
    if row.state is RowState.DELIVERED:
        return DatedText(before="nothing: delivered", at=row.delivered_at)
    if row.state is RowState.DEAD:
        why = f" ({_REASONS[row.reason]})" if row.reason else ""
        again = "; redeliver or recover sends it again" if row.is_missed else ""
        return DatedText(before="nothing: given up", at=row.dead_at, after=f"{why}{again}")
    if row.state is RowState.PENDING:
        return _following_attempt(row, next_attempt_at)
    if status is not None and status in _WAITS:
        return DatedText(before=f"waits: {_WAITS[status]}")
    published = "is published again" if row.publications or row.state is RowState.RETRYING else "is published"
    if row.due_at is None or row.due_at <= now:
        return DatedText(before=f"{published} within a minute")
    return DatedText(before=published, at=row.due_at)


def _following_attempt(row: Row, next_attempt_at: datetime | None) -> DatedText:
    if next_attempt_at is not None:
        return DatedText(before="SNS tries again", at=next_attempt_at)
    if row.deadline_at is None:
        return DatedText(before="SNS is delivering it")
    return DatedText(before="SNS is delivering it, and ends", at=row.deadline_at, after=" at the latest")


def following_a_failure(row: Row, delays_seconds: Sequence[int]) -> str:
    """Return what happens if the next publication fails too."""
    if row.is_sent_once:
        return "it is not sent again"
    delays = [span(each) for each in delays_seconds[row.retries :]]
    return f"again after {', '.join(delays)}, then it is dead" if delays else "then it is dead"
