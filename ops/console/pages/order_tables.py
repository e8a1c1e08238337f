"""The tables on the page of one order: step by step, and its log records."""

from __future__ import annotations

import json

from functions.domain.log_record import LogField
from ops.console.elements import Column, Row
from ops.instants import span
from ops.logs import LogLine
from ops.trace.entry import Entry

STEPS = (
    Column(key="time", label="Time", kind="clock"),
    Column(key="where", label="Where", kind="name"),
    Column(key="mark", label="", kind="status"),
    Column(key="what", label="What happened"),
)
RECORDS = (
    Column(key="time", label="Time", kind="clock"),
    Column(key="function", label="Function", kind="name"),
    Column(key="outcome", label="Outcome", kind="name"),
    Column(key="took", label="Took", kind="number"),
    Column(key="fields", label="Record", kind="json"),
)
_MARK_WORDS = {"ok": "ok", "retry": "retried", "waiting": "waits", "failed": "failed"}
# Shown in columns of their own, or the same in each record.
_LEFT_OUT = frozenset(
    {"message", "timestamp", "outcome", "duration_ms", "level", "service", "location", "payment_method"}
)


def step_row(place: int, entry: Entry) -> Row:
    """Return the row of a step."""
    return Row(
        key=str(place),
        cells={
            "time": entry.time.isoformat(),
            "where": entry.where,
            "mark": _MARK_WORDS[entry.mark],
            "what": entry.what,
        },
        marks={"mark": entry.mark},
    )


def record_row(place: int, line: LogLine) -> Row:
    """Return the row of a log record, without what is secret or the same in each."""
    fields = {name: value for name, value in line.fields.items() if name not in _LEFT_OUT}
    return Row(
        key=str(place),
        cells={
            "time": line.time.isoformat(),
            "function": line.group,
            "outcome": str(line.get(LogField.OUTCOME) or ""),
            "took": span(line.duration_ms / 1000),
            "fields": json.dumps(fields, ensure_ascii=False, indent=2),
        },
    )
