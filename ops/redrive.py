"""`redrive`: redrive failed executions, and move dead-lettered orders back."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from functions.domain.instant import now, timestamp
from ops.errors import ATTENTION, OK, NothingFound, UsageError
from ops.queues import arn_of, depth_of
from ops.records import Records
from ops.report import Report
from ops.target import RELEASE_WORKFLOW, Target
from ops.trace.executions import execution_arn
from ops.trace.reading import check_request_id

FAILED_STATUSES = ("FAILED", "TIMED_OUT")
# https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
_REDRIVABLE_FOR = timedelta(days=14)
EXPRESS_ADVICE = (
    "The workflow is EXPRESS, whose executions cannot be redriven. An order whose execution failed is on "
    "orders-dead-letters: `redrive --dead-letters` starts it again. An order whose execution timed out is "
    "not: see docs/runbook.md#executions-timed-out."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedExecution:
    """An execution that can be redriven."""

    request_id: str
    status: str
    error: str
    stopped_at: datetime
    execution_arn: str


# By ARN and when it stopped: one that was redriven may fail again, for another reason.
Descriptions = dict[tuple[str, datetime], FailedExecution]


def redrive(target: Target, options: Namespace) -> Report:
    """Redrive what the options choose; without a choice, list what there is."""
    if options.dead_letters:
        if options.request_ids or options.all:
            raise UsageError(
                "--dead-letters moves all messages and cannot be combined with a REQUEST_ID or --all."
            )
        return _move_dead_letters(target)
    if options.request_ids and options.all:
        raise UsageError("Pass REQUEST_IDs or --all, not both.")
    if options.request_ids:
        return redrive_orders(target, options.request_ids)
    found = failed_executions(target, options.since or _REDRIVABLE_FOR)
    if not options.all:
        return _listed(target, found)
    if not found:
        raise NothingFound(f"No execution has failed.{_advice(target)}")
    return _redriven(target, found)


def redrive_orders(target: Target, request_ids: Sequence[str]) -> Report:
    """Redrive the executions of orders."""
    return _redriven(target, [_execution_of(target, each) for each in request_ids])


def failed_executions(
    target: Target, since: timedelta = _REDRIVABLE_FOR, known: Descriptions | None = None
) -> list[FailedExecution]:
    """Return the executions that failed or timed out and can still be redriven, the latest first.

    `known` keeps what each call describes, for a reader that asks often.
    """
    known = {} if known is None else known
    client = target.client("stepfunctions")
    earliest = now() - since
    found = [
        _look_at(client, each, known)
        for status in FAILED_STATUSES
        for page in client.get_paginator("list_executions").paginate(
            stateMachineArn=_redrivable_machine(target), statusFilter=status
        )
        for each in page["executions"]
        if each["stopDate"] >= earliest
    ]
    return sorted(found, key=lambda each: each.stopped_at, reverse=True)


def _redrivable_machine(target: Target) -> str:
    return str(target.output(RELEASE_WORKFLOW if target.is_express else "state_machine_arn"))


def _execution_of(target: Target, request_id: str) -> FailedExecution:
    check_request_id(request_id)
    if target.is_express:
        found = failed_executions(target)
        release = next((each for each in found if each.request_id == request_id), None)
        if release is None:
            raise NothingFound(EXPRESS_ADVICE)
        return release
    client = target.client("stepfunctions")
    try:
        described = client.describe_execution(executionArn=execution_arn(target, request_id))
    except client.exceptions.ExecutionDoesNotExist:
        raise NothingFound(f"{target.name} has no execution of the order {request_id}.") from None
    if described["status"] not in (*FAILED_STATUSES, "ABORTED"):
        raise NothingFound(f"The execution of {request_id} is {described['status']}: it cannot be redriven.")
    return _described(described)


def _look_at(client: Any, listed: Any, known: Descriptions) -> FailedExecution:  # noqa: ANN401 - boto3's
    key = listed["executionArn"], listed["stopDate"]
    if key not in known:
        described = client.describe_execution(executionArn=listed["executionArn"])
        # Redriven meanwhile, it runs again.
        known[key] = _described({**described, "status": listed["status"], "stopDate": listed["stopDate"]})
    return known[key]


def _described(described: Any) -> FailedExecution:  # noqa: ANN401 - boto3's own type
    return FailedExecution(
        request_id=str(json.loads(described.get("input") or "{}").get("request_id", "")),
        status=described["status"],
        error=str(described.get("error") or ""),
        stopped_at=described["stopDate"].astimezone(UTC),
        execution_arn=described["executionArn"],
    )


def _redriven(target: Target, chosen: Sequence[FailedExecution]) -> Report:
    client = target.client("stepfunctions")
    refused: dict[str, str] = {}
    for each in chosen:
        try:
            client.redrive_execution(executionArn=each.execution_arn)
        except (client.exceptions.ExecutionNotRedrivable, client.exceptions.ExecutionLimitExceeded) as error:
            refused[each.request_id] = _message(error)
    done = [each.request_id for each in chosen if each.request_id not in refused]
    views = [
        f"{request_id}: redriven from the state that failed; `trace` shows its progress."
        for request_id in done
    ]
    views += [f"{request_id}: {why}" for request_id, why in refused.items()]
    return Report(
        document={"redriven": done, "refused": refused}, views=views, code=ATTENTION if refused else OK
    )


def _listed(target: Target, found: Sequence[FailedExecution]) -> Report:
    table = table_of_executions(found, f"Executions to redrive: {len(found)}")
    advice = "Fix the cause, then `redrive REQUEST_ID ...` or `redrive --all`. No payment is taken twice."
    return Report(
        document={"failed": [asdict(each) for each in found]},
        views=[table, advice] if found else [f"No execution has failed.{_advice(target)}"],
        code=ATTENTION if found else OK,
    )


def table_of_executions(executions: Sequence[FailedExecution], title: str) -> Records:
    """Return a table of failed executions."""
    rows = [(each.request_id, each.status, each.error, timestamp(each.stopped_at)) for each in executions]
    return Records(("order", "status", "error", "stopped"), rows, title)


def _advice(target: Target) -> str:
    return f" {EXPRESS_ADVICE}" if target.is_express else ""


def _move_dead_letters(target: Target) -> Report:
    depth = depth_of(target, "orders-dead-letters")
    if not depth.total:
        raise NothingFound("orders-dead-letters is empty.")
    # The destination is explicit: a message that start_execution sent there has no source queue.
    task = target.client("sqs").start_message_move_task(
        SourceArn=arn_of(target, "orders-dead-letters"), DestinationArn=arn_of(target, "orders")
    )
    messages = "1 message" if depth.total == 1 else f"about {depth.total} messages"
    announcement = (
        f"SQS is moving {messages} back to orders. No step is done twice, and what is not an order returns "
        "to orders-dead-letters at once."
    )
    return Report(document={"moving": depth.total, "task_handle": task["TaskHandle"]}, views=[announcement])


def _message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message") or error)
