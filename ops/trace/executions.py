"""Executions: STANDARD ones from Step Functions, EXPRESS ones from the workflow's log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from functions.domain.execution import execution_name
from ops.instants import from_milliseconds
from ops.logs import Logs
from ops.target import Target
from ops.trace.sources import Execution, HistoryEvent

LOG_GROUP = "order-workflow"
_DETAILS = "EventDetails"
_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


def execution_arn(target: Target, request_id: str) -> str:
    """Return the one ARN that an order's STANDARD execution can have."""
    machine_arn = str(target.output("state_machine_arn"))
    return f"{machine_arn.replace(':stateMachine:', ':execution:', 1)}:{execution_name(request_id)}"


def read_standard_execution(target: Target, request_id: str) -> Execution | None:
    """Return an order's execution with its history, or None where Step Functions has none."""
    client, arn = target.client("stepfunctions"), execution_arn(target, request_id)
    try:
        described = client.describe_execution(executionArn=arn)
    except client.exceptions.ExecutionDoesNotExist:
        return None
    # Without the data: a timeline does not need the order's content.
    pages = client.get_paginator("get_execution_history").paginate(
        executionArn=arn, includeExecutionData=False
    )
    return Execution(
        name=described["name"],
        status=described["status"],
        events=[_event(event) for page in pages for event in page["events"]],
        redrivable=described.get("redriveStatus") == "REDRIVABLE",
    )


def read_express_executions(target: Target, request_id: str, start: datetime) -> list[Execution]:
    """Return an order's executions from the workflow's log.

    A message that came twice has started two.
    """
    _, partition, _, region, account, machine = target.arn_parts("state_machine_arn")
    name = execution_name(request_id)
    of_order = f"arn:{partition}:states:{region}:{account}:express:{machine.partition(':')[2]}:{name}:"
    names: Mapping[str, str] = target.output("log_group_names")
    found = Logs(target).of_group(names[LOG_GROUP], f'{{ $.execution_arn = "{of_order}*" }}', start)
    events: dict[str, list[tuple[int, HistoryEvent]]] = {}
    for time, document in found:
        arn = str(document.get("execution_arn", ""))
        if arn.startswith(of_order):
            events.setdefault(arn, []).append(_logged_event(time, document))
    return [_express(name, listed) for listed in events.values()]


def _express(name: str, listed: list[tuple[int, HistoryEvent]]) -> Execution:
    events = [event for _, event in sorted(listed, key=lambda pair: pair[0])]
    ends = [_ENDS[event.type] for event in events if event.type in _ENDS]
    return Execution(name=name, status=ends[-1] if ends else "RUNNING", events=events)


def _event(event: Mapping[str, Any]) -> HistoryEvent:
    details = next((value for key, value in event.items() if key.endswith(_DETAILS)), None)
    return HistoryEvent(time=event["timestamp"].astimezone(UTC), type=event["type"], details=details or {})


def _logged_event(time: datetime, document: Mapping[str, Any]) -> tuple[int, HistoryEvent]:
    """Read one event of the log: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html."""
    at = document.get("event_timestamp")
    event = HistoryEvent(
        time=from_milliseconds(float(at)) if at else time,
        type=str(document.get("type")),
        details=document.get("details") or {},
    )
    return int(document.get("id") or 0), event
