"""The order's statuses over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from functions.domain.log_record import LogField, Outcome
from ops.instants import read_instant
from ops.trace.entry import Entry, Mark
from ops.trace.sources import Sources

PENDING = "pending"
_MARKS: dict[str, Mark] = {"failed": "failed"}


def status_entries(sources: Sources) -> Iterator[Entry]:
    """Yield the order's statuses, from the log or else from the order's record."""
    order = sources.order or {}
    for line in sources.lines_of("save-order"):
        if line.get(LogField.OUTCOME) == Outcome.CREATED:
            yield _status(line.time, PENDING, order)
    settled = [
        line
        for line in sources.lines_of("update-order")
        if line.get(LogField.OUTCOME) not in (Outcome.ERROR, None) and line.get(LogField.FIRST_RESULT)
    ]
    for line in settled[:1]:
        yield _status(line.time, str(line.get(LogField.OUTCOME)), order)
    status = str(order.get("status") or PENDING)
    if status != PENDING and not settled:
        yield _status(read_instant(str(order["updated_at"])), status, order)


def _status(time: Any, status: str, order: Any) -> Entry:  # noqa: ANN401 - plain data of the order's
    payment = order.get("payment") or {}
    reason = payment.get("reason") if status in ("declined", "failed") else None
    what = (
        "saved: it is pending" if status == PENDING else f"is {status}" + (f" ({reason})" if reason else "")
    )
    return Entry(
        time=time, where="order", what=what, mark=_MARKS.get(status, "ok"), details={"status": status}
    )
