from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.items import to_item
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.instant import now
from functions.domain.order import Order
from functions.http.caller import caller_of
from functions.http.request import Request
from ops.command_line import parse
from ops.errors import OpsError, Refused
from ops.redeliver import redeliver
from tests.ops.conftest import MotoStack
from tests.ops.test_orders import save
from tests.support.orders import pending_order


@pytest.mark.parametrize("arguments", [[], ["--webhook", "wh_1"]])
def test_a_request_id_must_be_given(stack: MotoStack, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        stack.run("redeliver", *arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("request_id", ['a"b', "a b", "x" * 129])
def test_what_is_no_request_id_is_refused(stack: MotoStack, request_id: str) -> None:
    assert stack.run("redeliver", request_id) == 2


@pytest.mark.parametrize(
    ("auth", "client_id"), [("iam", "123456789012:role/Shop"), ("jwt", "shop"), ("none", "shop")]
)
def test_an_order_s_event_is_asked_for_in_its_client_s_name(made_up, auth: str, client_id: str) -> None:
    order = replace(pending_order(), client_id=client_id)
    target = made_up(api_auth=auth)
    invoked: dict[str, Any] = {}
    answer = {"statusCode": 202, "body": json.dumps({"event_id": "e", "event_type": "order.paid"})}
    with answering(target, order, answer, invoked):
        report = redeliver(target, parse(["redeliver", "req-1=", "--webhook", "wh_1"]))
    assert (report.code, report.document["event_id"]) == (0, "e")
    request = invoked["request"]
    assert caller_of(Request(request), auth) == client_id
    assert request["pathParameters"] == {"request_id": "req-1="}
    assert json.loads(request["body"]) == {"webhook_id": "wh_1"}
    assert invoked["name"] == "redeliver-order-1"


def test_a_refusal_of_the_function_is_passed_on(made_up) -> None:
    target = made_up()
    answer = {"statusCode": 409, "body": json.dumps({"detail": "The order has no outcome yet."})}
    with (
        answering(target, pending_order(), answer, {}),
        pytest.raises(Refused, match="no outcome yet") as raised,
    ):
        redeliver(target, parse(["redeliver", "req-1="]))
    assert raised.value.code == 1
    target = made_up()
    with (
        answering(target, pending_order(), {"errorMessage": "x"}, {}),
        pytest.raises(OpsError, match="its log"),
    ):
        redeliver(target, parse(["redeliver", "req-1="]))


def test_only_the_events_of_orders_are_redelivered(stack: MotoStack, capsys) -> None:
    table = DeliveriesTable(stack.client("dynamodb"), "deliveries")
    event = StoredEvent(
        event_id="event-9",
        client_id="shop",
        event_type="webhook.test",
        subject="wh_1",
        event_time="2026-11-25T09:30:00.000Z",
        document="{}",
        md5="m",
    )
    table.create_event(event, now())
    assert stack.run("redeliver", "event-9") == 1
    assert "event-9 is a webhook.test, which is sent once" in capsys.readouterr().err


def test_an_order_must_be_meant_alone(stack: MotoStack, capsys) -> None:
    for number in (1, 2):
        save(stack, number, now(), reference="PO-3")
    assert stack.run("redeliver", "PO-3") == 2
    assert "2 orders have PO-3" in capsys.readouterr().err


def answering(target: Any, order: Order, answer: dict[str, Any], invoked: dict[str, Any]) -> Stubber:
    """Let the table have the order and the function answer so; `invoked` is what the function was sent."""
    found = {"Item": to_item(order.document())}
    table = Stubber(target.client("dynamodb"))
    table.add_response("get_item", found)
    table.activate()
    function = Stubber(target.client("lambda"))
    content = json.dumps(answer).encode()
    payload = StreamingBody(io.BytesIO(content), len(content))
    function.add_response("invoke", {"StatusCode": 200, "Payload": payload})

    def remember(params: dict[str, Any], **_: Any) -> None:
        invoked["name"] = params["FunctionName"]
        invoked["request"] = json.loads(params["Payload"])

    target.client("lambda").meta.events.register("provide-client-params.lambda.Invoke", remember)
    return function
