"""Collects the facts of a run from the emulator, the gateway and the receivers."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from functions.adapters.items import from_item
from functions.domain.execution import execution_name
from ops import redrive
from ops.target import ENDPOINT_KEY, Target
from receiver.events import Event
from tests.faults.facts import (
    Delivery,
    Execution,
    FailedExecution,
    HandledEvent,
    QueuedMessage,
    StoredOrder,
    Webhook,
)
from tests.faults.names import logical_name, table_name
from tests.support.chain import Chain


def stored_orders(chain: Chain) -> tuple[StoredOrder, ...]:
    """Return every order in the table."""
    pages = chain.emulator.client("dynamodb").get_paginator("scan")
    items = [
        from_item(item)
        for page in pages.paginate(TableName=chain.outputs["orders_table_name"], ConsistentRead=True)
        for item in page["Items"]
    ]
    return tuple(
        StoredOrder(
            request_id=item["request_id"],
            client_id=item["client_id"],
            reference=item["reference"],
            status=item["status"],
            amount=item["total_amount"],
            currency=item["currency"],
        )
        for item in items
    )


def executions(chain: Chain, request_ids: Iterable[str]) -> tuple[Execution, ...]:
    """Return every execution of every workflow; one without a name of ours is known by its input."""
    client = chain.emulator.client("stepfunctions")
    by_name = {execution_name(request_id): request_id for request_id in request_ids}
    found = []
    for machine in client.list_state_machines()["stateMachines"]:
        workflow = logical_name(machine["name"])
        for page in client.get_paginator("list_executions").paginate(
            stateMachineArn=machine["stateMachineArn"]
        ):
            for each in page["executions"]:
                # An EXPRESS execution's name goes on behind ours.
                name = next((name for name in _beginnings(each["name"]) if name in by_name), None)
                request_id = by_name[name] if name else _started_with(client, each["executionArn"])
                found.append(Execution(request_id=request_id, workflow=workflow, status=each["status"]))
    return tuple(found)


def count_running(chain: Chain) -> int:
    """Return how many executions of all workflows run."""
    client = chain.emulator.client("stepfunctions")
    return sum(
        len(page["executions"])
        for machine in client.list_state_machines()["stateMachines"]
        for page in client.get_paginator("list_executions").paginate(
            stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
        )
    )


def failed_executions(chain: Chain, references: Mapping[str, str]) -> tuple[FailedExecution, ...]:
    """Return the executions that can be redriven, with their orders' references by request ID."""
    watched = _machines_with_alarms(chain)
    return tuple(
        FailedExecution(
            reference=references.get(each.request_id, each.request_id),
            workflow=logical_name(each.execution_arn.split(":")[6]),
            alarmed=each.execution_arn.split(":")[6] in watched,
        )
        for each in redrive.failed_executions(operated(chain), timedelta(days=1))
    )


def operated(chain: Chain) -> Target:
    """Return the stack as the operator's commands see it."""
    outputs = {**chain.outputs, ENDPOINT_KEY: chain.emulator.endpoint_url}
    return Target(name="the stack under test", outputs=outputs)


def _machines_with_alarms(chain: Chain) -> set[str]:
    """Return the names of the state machines of which one failed execution is enough for an alarm."""
    pages = chain.emulator.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {
        dimension["Value"].rpartition(":")[2]
        for page in pages
        for alarm in page["MetricAlarms"]
        if alarm.get("MetricName") == "ExecutionsFailed" and alarm["Threshold"] <= 1
        for dimension in alarm["Dimensions"]
    }


def _beginnings(name: str) -> Sequence[str]:
    return name, name[:-37]


def _started_with(client: Any, arn: str) -> str:
    started_with = json.loads(client.describe_execution(executionArn=arn)["input"])
    return str(started_with.get("request_id", arn))


def handled_events(handled: Mapping[str, Sequence[Event]]) -> tuple[HandledEvent, ...]:
    """Return what the webhooks took."""
    return tuple(
        HandledEvent(
            hook=hook,
            event_id=event.id,
            event_type=event.type,
            request_id=event.subject,
            status=event.data.get("status"),
            amount=event.data.get("total_amount"),
            webhook_id=event.data.get("webhook_id"),
        )
        for hook, events in handled.items()
        for event in events
    )


def queued_messages(chain: Chain) -> tuple[QueuedMessage, ...]:
    """Return every message on every queue of the service, without receiving it."""
    with urllib.request.urlopen(
        f"{chain.emulator.endpoint_url}/_ministack/sqs/messages", timeout=60
    ) as reply:
        found = json.load(reply)["messages"]
    return tuple(
        QueuedMessage(queue=logical_name(url), body=message["Body"], reason=_reason_of(message))
        for regions in found.values()
        for queues in regions.values()
        for url, messages in queues.items()
        for message in messages
    )


def _reason_of(message: Mapping[str, Any]) -> str | None:
    attributes = message["MessageAttributes"].items()
    return ", ".join(f"{name}: {each['StringValue']}" for name, each in attributes) or None


def deliveries(chain: Chain, webhooks: Iterable[Webhook]) -> tuple[Delivery, ...]:
    """Return every row of the deliveries table."""
    hooks = {each.webhook_id: each.hook for each in webhooks}
    return tuple(
        Delivery(
            hook=hooks.get(row["webhook_id"], row["webhook_id"]),
            event_id=row["event_id"],
            event_type=row["event_type"],
            request_id=row["subject"],
            state=row["state"],
            reason=row.get("reason"),
            publications=row.get("publications", 0),
        )
        for row in scan(chain, "deliveries")
        if row["pk"].startswith("webhook#") and not row["sk"].startswith("#")
    )


def waiting_webhooks(chain: Chain, webhooks: Iterable[Webhook]) -> dict[str, str]:
    """Return the webhooks for which nothing is published, by their hook, and why."""
    hooks = {each.webhook_id: each.hook for each in webhooks}
    states = {
        each["webhook_id"]: each
        for each in scan(chain, "deliveries")
        if each["pk"].startswith("webhook#") and each["sk"] == "#state"
    }
    found = {}
    for record in scan(chain, "webhooks"):
        reason = _why_waiting(record, states.get(record.get("webhook_id"), {}))
        if reason and record["webhook_id"] in hooks:
            found[hooks[record["webhook_id"]]] = reason
    return found


def _why_waiting(record: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    if "unsubscribed_at" in state:
        return "unsubscribed"
    if "confirmed_at" not in record:
        return "pending confirmation"
    if record.get("status") == "paused":
        return "paused"
    return "disabled" if "disabled_at" in state else ""


def order_documents(chain: Chain, *, status: str) -> list[dict[str, Any]]:
    """Return the orders in the table with a status."""
    return [each for each in scan(chain, "orders") if each["status"] == status]


def scan(chain: Chain, table: str) -> Iterator[dict[str, Any]]:
    """Return every item of a table of the service."""
    pages = chain.emulator.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=table_named(chain, table), ConsistentRead=True)
    return (from_item(item) for page in found for item in page["Items"])


def table_named(chain: Chain, table: str) -> str:
    """Return what the emulator calls a table of the service."""
    names = chain.emulator.client("dynamodb").list_tables()["TableNames"]
    (name,) = [each for each in names if table_name(logical_name(each)) == table]
    return str(name)
