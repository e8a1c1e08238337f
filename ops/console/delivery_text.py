"""What is said of a delivery: its last answer, why it ended or waits, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from functions.domain.deliveries.row import Reason, Row, RowState
from functions.domain.webhook import WebhookStatus
from ops.instants import span
from ops.trace.entry import first_line

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
_LONGEST_RESPONSE = 80


def answer_of(row: Row) -> str:
    """Return the last answer of a webhook to an event, such as "503 maintenance"; "" without one."""
    last = row.last_attempt or row.delivered
    if last is None:
        return ""
    response = first_line(last.response, _LONGEST_RESPONSE)
    return f"{last.status or 'no answer'} {response}".strip()


def reason_of(row: Row, status: WebhookStatus | None = None) -> str:
    """Return why a delivery is dead or waits; `status` is its webhook's, None where that is not known."""
    if row.is_due_listed and status is not None and status in _WAITS:
        return _WAITS[status]
    why = _REASONS[row.reason] if row.reason else ""
    if not why:
        return "is published in a moment" if row.state is RowState.OWED else ""
    answer = answer_of(row)
    return f"{why}: {answer}" if answer else why


def following_of(row: Row, delays_seconds: Sequence[int]) -> str:
    """Return what happens if the next publication fails too."""
    if row.is_sent_once:
        return "it is not sent again"
    delays = [span(each) for each in delays_seconds[row.retries :]]
    return f"again after {', '.join(delays)}, then it is dead" if delays else "then it is dead"
