"""`trace` with moto: by which IDs an order is found, and which sources are read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.items import to_item
from functions.domain.deliveries.row import Attempt, RowState
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.event import order_event
from functions.domain.instant import now, timestamp
from ops.instants import to_milliseconds
from ops.mappings import QueueMapping
from ops.target import Target
from ops.trace.reading import read_sources
from tests.ops.conftest import MotoStack
from tests.ops.test_deliveries import row
from tests.ops.test_orders import save
from tests.ops.test_webhooks import register

SNS_ID = "29d73f75-9c37-4439-b4d2-f9b3e3c31cc7"


@pytest.fixture
def stack_without_workflow(stack: MotoStack, monkeypatch: pytest.MonkeyPatch) -> MotoStack:
    """moto has no state machine here: no order has an execution."""
    monkeypatch.setattr("ops.trace.reading.read_standard_execution", lambda *_: None)
    return stack


@pytest.fixture
def table(stack: MotoStack) -> DeliveriesTable:
    return DeliveriesTable(stack.client("dynamodb"), "deliveries")


@pytest.fixture
def request_id(stack_without_workflow: MotoStack, table: DeliveriesTable) -> str:
    """A paid order with a webhook that has failed twice and is tried again in an hour."""
    stack = stack_without_workflow
    request_id = save(stack, 1, now(), reference="PO-1")
    stack.client("dynamodb").update_item(
        TableName="orders",
        Key=to_item({"request_id": request_id}),
        UpdateExpression="SET #status = :status, message_id = :message",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":status": "paid", ":message": "sqs-1"}),
    )
    order = read_sources(Target(name="x", outputs=stack.outputs), request_id, timedelta(days=1)).order
    assert order is not None
    register(stack, "wh_1", order["client_id"])
    event = order_event(order)
    attempts = [
        Attempt(sns_message_id=SNS_ID, number=each, at=now(), status=503, response="busy", duration_ms=900)
        for each in (1, 2)
    ]
    failed = row(
        1,
        event_id=event.id,
        event_time=event.time,
        subject=request_id,
        client_id=order["client_id"],
        state=RowState.RETRYING,
        delivered_at=None,
        due_at=now() + timedelta(hours=1),
        sns_message_id=SNS_ID,
        attempts=2,
        publications=1,
        last_attempt=attempts[-1],
    )
    table.create_rows([failed])
    for each in attempts:
        table.put_attempt(failed, each)
    table.put_message(
        Message(
            sns_message_id=SNS_ID,
            event_id=event.id,
            event_time=event.time,
            claim="c",
            webhook_ids=("wh_1",),
            published_at=now() - timedelta(seconds=5),
        )
    )
    stored = StoredEvent(
        event_id=event.id,
        client_id=order["client_id"],
        event_type=event.type,
        subject=request_id,
        event_time=event.time,
        document="{}",
        md5="m",
        webhook_ids=("wh_1",),
    )
    table.create_event(stored, now())
    stack.log(
        "accept-order",
        to_milliseconds(now()),
        {"request_id": request_id, "message_id": "sqs-1", "outcome": "done", "status": 202, "duration_ms": 5},
    )
    return request_id


def traced(stack: MotoStack, capsys: Any, text: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = stack.run("--json", "trace", text)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "by", ["request ID", "without =", "reference", "event ID", "SNS message", "SQS message"]
)
def test_an_order_is_traced_by_any_of_its_ids(
    stack: MotoStack, request_id: str, by: str, capsys: Any
) -> None:
    order = read_sources(Target(name="x", outputs=stack.outputs), request_id, timedelta(days=1)).order
    assert order is not None
    assert request_id.endswith("=")
    text = {
        "request ID": request_id,
        "without =": request_id.removesuffix("="),
        "reference": "PO-1",
        "event ID": order_event(order).id,
        "SNS message": SNS_ID,
        "SQS message": "sqs-1",
    }[by]
    code, document = traced(stack, capsys, text)
    assert (code, document["request_id"]) == (0, request_id)


def test_attempts_come_from_the_table_and_sns_s_log_is_not_read(
    stack: MotoStack, request_id: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise AssertionError("SNS's log is read")

    monkeypatch.setattr("ops.trace.reading.read_deliveries", fail)
    _, document = traced(stack, capsys, request_id)
    attempts = [each for each in document["entries"] if each["where"] == "delivery"]
    assert [each["mark"] for each in attempts] == ["retry", "failed"]
    assert "answered 503 (busy) at attempt 1" in attempts[0]["what"]
    assert document["state"] == "paid, delivered to 0 of 1 webhooks"
    (following,) = document["next"]
    assert (following["webhook_id"], following["what"][:18]) == ("wh_1", "is published again")


def test_a_delivery_to_a_webhook_that_is_deleted_since_is_shown(
    stack: MotoStack, request_id: str, capsys: Any
) -> None:
    key = {"client_id": "shop", "webhook_id": "wh_1"}
    stack.client("dynamodb").delete_item(TableName="webhooks", Key=to_item(key))
    _, document = traced(stack, capsys, request_id)
    assert document["state"] == "paid, delivered to 0 of 1 webhooks"
    assert [each["webhook_id"] for each in document["next"]] == ["wh_1"]


def test_several_orders_of_a_reference_are_listed(stack_without_workflow: MotoStack, capsys: Any) -> None:
    ids = {save(stack_without_workflow, number, now(), reference="PO-2") for number in (1, 2)}
    code, document = traced(stack_without_workflow, capsys, "PO-2")
    assert code == 0
    assert {each["request_id"] for each in document["orders"]} == ids
    stack_without_workflow.run("trace", "PO-2")
    shown = capsys.readouterr().out
    assert "2 orders have PO-2" in shown
    assert all(each in shown for each in ids)


def test_an_accepted_order_without_a_record_says_so(
    stack_without_workflow: MotoStack, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    disabled = QueueMapping(function="start-execution", queue="orders", state="Disabled", result="")
    monkeypatch.setattr("ops.trace.intake_state.mappings_of", lambda *_: [disabled])
    fields = {
        "request_id": "waits=",
        "client_id": "shop",
        "outcome": "done",
        "status": 202,
        "message_id": "m",
    }
    stack_without_workflow.log("accept-order", to_milliseconds(now()), fields)
    code, document = traced(stack_without_workflow, capsys, "waits")
    assert (code, document["state"], document["order"]) == (0, "accepted, not started", None)
    assert "has no record of this order" in document["notes"][0]
    assert "mapping of start-execution is Disabled" in document["next"][0]["what"]


@pytest.mark.parametrize("text", ["unknown", "PO 17 / b", 'a"b', "ä" * 200])
def test_what_nobody_has_is_not_found(stack_without_workflow: MotoStack, text: str) -> None:
    assert stack_without_workflow.run("trace", text) == 1


def test_a_log_record_that_says_nothing_of_an_order_is_no_trace(stack_without_workflow: MotoStack) -> None:
    # Somebody asked for the event of an order that does not exist.
    fields = {"request_id": "asked=", "order_request_id": "unknown=", "outcome": "done", "status": 404}
    stack_without_workflow.log("redeliver-order", to_milliseconds(now()), fields)
    assert stack_without_workflow.run("trace", "unknown=") == 1


def test_the_logs_are_read_for_the_time_of_the_workflow(
    stack: MotoStack, request_id: str, table: DeliveriesTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def note(_self: Any, function: str, _fields: Any, start: Any, end: Any = None) -> list[Any]:
        asked[function] = (start, end)
        return []

    monkeypatch.setattr("ops.trace.reading.Logs.of_function", note)
    target = Target(name="x", outputs=stack.outputs)
    read_sources(target, request_id, timedelta(days=1))
    assert all(end is not None and end - start < timedelta(hours=1) for start, end in asked.values())
    assert "redeliver-order" not in asked
    order = read_sources(target, request_id, timedelta(days=1))
    table.save_row(replace(order.rows[0], publications=2))
    read_sources(target, request_id, timedelta(days=1))
    assert asked["redeliver-order"][1] is None
    assert timestamp(asked["accept-order"][0]) < str((order.order or {})["created_at"])
