"""Collects the facts of a run from the emulator, the gateway and the receivers."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.adapters.items import from_item
from functions.domain.execution import execution_name
from ops import redrive
from ops.target import ENDPOINT_KEY, Target
from receiver.events import Event
from tests.faults.facts import Execution, FailedExecution, HandledEvent, QueuedMessage, StoredOrder, Webhook
from tests.faults.names import logical_name, table_name
from tests.support.chain import Chain

QUEUES = ("orders", "orders-dead-letters", "undelivered", "dead-webhooks")


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


def queued_messages(chain: Chain, webhooks: Iterable[Webhook]) -> tuple[QueuedMessage, ...]:
    """Return every message on every queue of the service, without receiving it."""
    hooks = _hooks_by_subscription(chain, webhooks)
    with urllib.request.urlopen(
        f"{chain.emulator.endpoint_url}/_ministack/sqs/messages", timeout=60
    ) as reply:
        found = json.load(reply)["messages"]
    return tuple(
        _queued(logical_name(url), message, hooks)
        for regions in found.values()
        for queues in regions.values()
        for url, messages in queues.items()
        for message in messages
    )


def _hooks_by_subscription(chain: Chain, webhooks: Iterable[Webhook]) -> dict[str, str]:
    hooks = {each.webhook_id: each.hook for each in webhooks}
    client = chain.emulator.client("dynamodb")
    tables = {table_name(logical_name(name)): name for name in client.list_tables()["TableNames"]}
    rows = [from_item(item) for item in client.scan(TableName=tables["webhooks"])["Items"]]
    return {
        row["subscription_arn"]: hooks.get(row["webhook_id"], row["webhook_id"])
        for row in rows
        if "subscription_arn" in row
    }


def _queued(queue: str, message: Mapping[str, Any], hooks: Mapping[str, str]) -> QueuedMessage:
    attributes = message["MessageAttributes"]
    reason = ", ".join(f"{name}: {each['StringValue']}" for name, each in attributes.items()) or None
    body = message["Body"]
    try:
        envelope = json.loads(body)
        event = json.loads(envelope["Message"])
        (subscription,) = parse_qs(urlsplit(envelope["UnsubscribeURL"]).query)["SubscriptionArn"]
    except (KeyError, TypeError, ValueError):
        return QueuedMessage(queue=queue, body=body, reason=reason)
    return QueuedMessage(
        queue=queue,
        body=body,
        reason=reason,
        hook=hooks.get(subscription),
        request_id=event["subject"],
        event_id=event["id"],
        event_type=event["type"],
    )
