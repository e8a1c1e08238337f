"""A delivery's state in words: what was answered last, and what follows and when."""

from __future__ import annotations

from datetime import datetime

from functions.domain.deliveries.row import Row, RowState
from ops.instants import moment
from ops.trace.entry import answer_text

_LONGEST_RESPONSE = 60


def last_answer(row: Row) -> str:
    """Return what the webhook answered last."""
    last = row.last_attempt or row.delivered
    if last is None:
        return "no attempt yet"
    return answer_text(last.status, last.response, _LONGEST_RESPONSE)


def following(row: Row, standing: str | None, now: datetime) -> str:
    """Return what happens next; `standing` is the webhook's status, where it is known."""
    if row.state is RowState.DELIVERED:
        return f"nothing: delivered {_at(row.delivered_at, now)}".rstrip()
    if row.state is RowState.DEAD:
        return (
            f"nothing: given up {_at(row.dead_at, now)} ({_reason(row)}); redeliver or recover sends it again"
        )
    if row.state is RowState.PENDING:
        until = f", until {_at(row.deadline_at, now)} at most" if row.deadline_at else ""
        return f"SNS is delivering it{until}"
    if standing == "failing":
        return "waits: the webhook is failing, and one event at a time is tried"
    if standing is not None and standing != "active":
        return f"waits: the webhook is {standing.replace('_', ' ')}"
    if row.due_at is None or row.due_at <= now:
        return "is published again within a minute"
    return f"is published again {_at(row.due_at, now)}"


def _reason(row: Row) -> str:
    return str(row.reason or "no reason").replace("_", " ")


def _at(instant: datetime | None, now: datetime) -> str:
    return "" if instant is None else moment(instant, now)
