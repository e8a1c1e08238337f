"""Read every source of one order's timeline: the rows first, then the logs of the time that they leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.log_record import LogField
from ops.errors import UsageError
from ops.instants import read_instant
from ops.logs import LogLine, Logs, can_be_logged
from ops.parallel import in_parallel
from ops.tables import KnownWebhook, find_order, rows_of, webhooks_of_client
from ops.target import Target
from ops.trace.attempts import attempts_of_rows
from ops.trace.deliveries_log import read_deliveries
from ops.trace.events import REPEAT, publications
from ops.trace.executions import read_express_executions, read_standard_execution
from ops.trace.intake_state import ACCEPT, START, read_intake_state
from ops.trace.sources import Execution, Sources
from ops.trace.steps import STATES

# Clocks differ, and a log line is written after what it describes.
_MARGIN = timedelta(minutes=5)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# By which field each function's line knows the order.
_FIELDS: Mapping[str, tuple[LogField, ...]] = {
    ACCEPT: (LogField.REQUEST_ID, LogField.FIRST_REQUEST_ID),
    REPEAT: (LogField.ORDER_REQUEST_ID,),
    **dict.fromkeys((START, *STATES), (LogField.REQUEST_ID,)),
}
_NO_EXPRESS_LOG = (
    "The workflow is EXPRESS: its log is its only history, and has no entry for this order (see "
    "workflow.log_level and log_retention_days). The steps come from the functions' own logs."
)
# CloudWatch Logs takes some 25 of these calls a second from an account.
_READERS = 4


def read_sources(target: Target, request_id: str, since: timedelta) -> Sources:
    """Read everything that is known of an order; `since` is how far to look back where its age is unknown."""
    check_request_id(request_id)
    read_at = target.now()
    order = find_order(target, request_id)
    start = (read_instant(str(order["created_at"])) if order else read_at - since) - _MARGIN
    if target.endpoint_url is not None:
        # The laptop's clock may run ahead of the functions' log, which is small.
        start = _EARLIEST
    executions, notes = _read_executions(target, request_id, start)
    webhooks = webhooks_of_client(target, str(order["client_id"])) if order else []
    rows = rows_of(target, order, [each.webhook_id for each in webhooks]) if order else []
    end = None if target.endpoint_url is not None else _end_of_workflow(order, executions)
    lines = _read_lines(target, request_id, start, end, rows)
    if order is None:
        webhooks = _webhooks_of_lines(target, lines)
    sources = Sources(
        request_id=request_id,
        read_at=read_at,
        order=order,
        webhooks=webhooks,
        rows=rows,
        executions=executions,
        lines=lines,
    )
    sources = _with_deliveries(target, sources, [*notes, *_missing_lines(sources)])
    return replace(sources, intake=read_intake_state(target)) if sources.waits_for_execution else sources


def check_request_id(request_id: str) -> None:
    """Refuse what cannot be a request ID, before it becomes part of a log filter."""
    if not can_be_logged(request_id):
        raise UsageError(
            f"{request_id!r} is not a request ID: take it from the 202 or from the header apigw-requestid."
        )


def _end_of_workflow(order: Mapping[str, Any] | None, executions: Sequence[Execution]) -> datetime | None:
    """Return after when no function of the workflow has logged anything, or None while one may."""
    if order is None or order.get("status") == "pending" or any(e.status == "RUNNING" for e in executions):
        return None
    times = [event.time for execution in executions for event in execution.events]
    return max([read_instant(str(order["updated_at"])), *times]) + _MARGIN


def _with_deliveries(target: Target, sources: Sources, notes: list[str]) -> Sources:
    """Add the attempts: from the rows, and from SNS's log where no row can have them, or one has none yet."""
    deliveries = attempts_of_rows(target, sources.rows, sources.webhooks)
    published = publications(sources)
    if published and (not sources.rows or any(map(_is_unanswered, sources.rows))):
        known = {(each.message_id, each.destination) for each in deliveries}
        logged = read_deliveries(target, published)
        deliveries += [each for each in logged if (each.message_id, each.destination) not in known]
    return replace(sources, deliveries=sorted(deliveries, key=lambda each: each.time), notes=notes)


def _read_lines(
    target: Target, request_id: str, start: datetime, end: datetime | None, rows: Sequence[Row]
) -> list[LogLine]:
    logs = Logs(target)

    def read(function: str) -> list[LogLine]:
        fields = {field: [request_id] for field in _FIELDS[function]}
        # A client may ask for an event again at any time; the workflow has ended.
        return logs.of_function(function, fields, start, None if function == REPEAT else end)

    read_all = end is None or any(_was_repeated(row) for row in rows)
    functions = [each for each in _FIELDS if read_all or each != REPEAT]
    return [line for lines in in_parallel(read, functions, _READERS) for line in lines]


def _is_unanswered(row: Row) -> bool:
    return row.state is RowState.PENDING and row.attempts == 0


def _was_repeated(row: Row) -> bool:
    return row.publications > 1 or row.trigger is not Trigger.ORDER


def _read_executions(target: Target, request_id: str, start: datetime) -> tuple[list[Execution], list[str]]:
    if not target.is_express:
        execution = read_standard_execution(target, request_id)
        return [execution] if execution else [], []
    executions = read_express_executions(target, request_id, start)
    if executions:
        return executions, []
    return [], [_NO_EXPRESS_LOG]


def _webhooks_of_lines(target: Target, lines: Sequence[LogLine]) -> list[KnownWebhook]:
    client_id = next((line.get(LogField.CLIENT_ID) for line in lines if line.get(LogField.CLIENT_ID)), None)
    return webhooks_of_client(target, str(client_id)) if client_id else []


def _missing_lines(sources: Sources) -> Iterator[str]:
    order: Mapping[str, Any] = sources.order or {}
    if not order:
        return
    if not sources.executions and not sources.lines_of(*STATES):
        yield (
            "Step Functions (90 days) and the functions' logs (log_retention_days) no longer have this "
            "order: only its record is left."
        )
    elif not sources.lines_of(ACCEPT):
        yield "The log of accept-order has no entry for this order: it is older than log_retention_days."
    elif order.get("status") != "pending" and not publications(sources):
        yield (
            "No log entry says that its event was published: the workflow has not come to that step, or the "
            "entry has expired."
        )
