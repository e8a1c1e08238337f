"""`logs`: the newest log records of a function, a workflow, or the API."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from functions.domain.instant import now
from functions.domain.log_record import LogField, Outcome
from ops.errors import UsageError
from ops.instants import from_milliseconds, instant_of, to_milliseconds
from ops.json_object import read_object
from ops.report import Report
from ops.target import Target
from ops.trace.reading import check_request_id

# Shown first, or said in words.
_FIRST = (LogField.TIMESTAMP, LogField.MESSAGE, LogField.OUTCOME, LogField.EXCEPTION, "level", "service")
# What Lambda writes of each invocation, in its text format.
_LAMBDAS_OWN = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")
# A record of metrics alone.
_METRICS = "_aws"
_FAILED = frozenset({Outcome.ERROR.value, Outcome.DEAD_LETTERED.value})


def logs(target: Target, options: Namespace) -> Report:
    """Show the newest records, in the order of their times."""
    groups: Mapping[str, str] = target.output("log_group_names")
    if options.function not in groups:
        raise UsageError(f"{options.function} has no log: choose one of {', '.join(sorted(groups))}.")
    if options.request_id is not None:
        check_request_id(options.request_id)
    # CloudWatch Logs has its own clock: the laptop's is not the stack's, which may run faster.
    since = instant_of(options.since, now())
    read = _events(target, groups[options.function], since, options.request_id)
    chosen = (each for each in read if not options.errors or _is_error(each[1], each[2]))
    newest = deque(chosen, maxlen=options.limit)
    return Report(
        document={"records": [_document(*each) for each in newest]},
        views=[_line(*each) for each in newest] or ["No log record was found."],
    )


def _events(
    target: Target, group: str, since: datetime, request_id: str | None
) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    client = target.client("logs")
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        startTime=to_milliseconds(since),
        # A term: in a record of ours under any name, and in a text.
        **({"filterPattern": f'"{request_id}"'} if request_id else {}),
    )
    for page in pages:
        for event in page["events"]:
            text = str(event["message"]).rstrip()
            fields = read_object(text)
            if not text.startswith(_LAMBDAS_OWN) and _METRICS not in fields:
                yield from_milliseconds(event["timestamp"]), text, fields


def _is_error(text: str, fields: Mapping[str, Any]) -> bool:
    if not fields:
        return "Task timed out" in text or "Error" in text
    status = str(fields.get("status") or "")
    return (
        fields.get("level") in ("ERROR", "CRITICAL")
        or fields.get(LogField.OUTCOME) in _FAILED
        or status.startswith("5")
        or "Failed" in str(fields.get("type") or "")
    )


def _document(time: datetime, text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"time": time, "record": fields or text}


def _line(time: datetime, text: str, fields: Mapping[str, Any]) -> RenderableType:
    clock = f"{time:%Y-%m-%d %H:%M:%S} UTC"
    if not fields:
        return Text.assemble((clock, "dim"), "  ", text)
    outcome = str(fields.get(LogField.OUTCOME) or fields.get("type") or fields.get("status") or "")
    style = "red" if _is_error(text, fields) else "green"
    rest = "  ".join(
        f"{name}={_plain(value)}"
        for name, value in fields.items()
        if name not in _FIRST and value is not None
    )
    exception = fields.get(LogField.EXCEPTION)
    below = f"\n{exception}" if exception else ""
    return Text.assemble((clock, "dim"), "  ", (outcome, style), "  ", rest, below)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
