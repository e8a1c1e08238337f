"""Dead letters: what is listed stays, what is redriven or removed is gone, and the others stay."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ops.conftest import MotoStack
from tests.support.envelopes import envelope
from tests.support.orders import order_payload

REASON = {"reason": {"DataType": "String", "StringValue": "it is not an order"}}


def put(stack: MotoStack, queue: str, body: str, **changes: Any) -> str:
    url = stack.outputs[f"{queue}_url"]
    return stack.client("sqs").send_message(QueueUrl=url, MessageBody=body, **changes)["MessageId"]


@pytest.fixture
def letters(stack: MotoStack) -> dict[str, str]:
    order = {
        "request_id": "order-1=",
        "client_id": "shop",
        "received_at": "2026-11-25T09:30:00.000Z",
        "order": order_payload(),
    }
    return {
        "order": put(stack, "orders_dead_letters", json.dumps(order), MessageGroupId="shop"),
        "poison": put(stack, "orders_dead_letters", "no JSON", MessageAttributes=REASON),
        "event": put(stack, "undelivered_unreadable_queue", envelope(event_id="event-1")),
    }


def run(stack: MotoStack, capsys: Any, *arguments: str) -> tuple[int, Any]:
    code = stack.run("dead-letters", "--json", *arguments)
    return code, json.loads(capsys.readouterr().out)


def test_every_queue_is_listed_with_reasons_and_nothing_is_taken_away(
    stack: MotoStack, letters: dict[str, str], capsys
) -> None:
    for _ in range(2):
        code, document = run(stack, capsys)
        found = {each["message_id"]: each for each in document["dead_letters"]}
        assert (code, set(found)) == (1, set(letters.values()))
    assert found[letters["poison"]]["reason"] == "it is not an order"
    assert found[letters["poison"]]["body"] == "no JSON"
    assert found[letters["order"]]["about"] == "order-1="
    assert "often as the queue allows" in found[letters["order"]]["reason"]


def test_a_listing_that_may_not_have_all_says_so(
    stack: MotoStack, letters: dict[str, str], capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(stack, capsys)[1]["notes"] == []
    for module in ("messages", "command"):
        monkeypatch.setattr(f"ops.dead_letters.{module}.MOST_READ", 2)
    (note,) = run(stack, capsys)[1]["notes"]
    assert "orders-dead-letters" in note


def test_no_token_of_a_payment_method_is_shown(stack: MotoStack, letters: dict[str, str], capsys) -> None:
    stack.run("dead-letters", "--queue", "orders-dead-letters")
    shown = capsys.readouterr().out
    assert order_payload()["payment_method"] not in shown
    assert order_payload()["reference"] in shown


def test_one_message_is_redriven_as_it_was_and_the_others_stay(
    stack: MotoStack, letters: dict[str, str], capsys
) -> None:
    queue = ("--queue", "orders-dead-letters")
    assert run(stack, capsys, *queue, "--redrive", letters["order"])[0] == 0
    (message,) = stack.on("orders")
    assert json.loads(message["Body"])["order"] == order_payload()
    assert message["Attributes"]["MessageGroupId"] == "shop"
    _, document = run(stack, capsys, *queue)
    assert [each["message_id"] for each in document["dead_letters"]] == [letters["poison"]]
    assert run(stack, capsys, *queue, "--redrive", letters["order"])[0] == 1


def test_an_envelope_is_redriven_to_the_queue_that_it_came_from(
    stack: MotoStack, letters: dict[str, str], capsys
) -> None:
    assert run(stack, capsys, "--queue", "undelivered-unreadable", "--redrive", letters["event"])[0] == 0
    (message,) = stack.on("undelivered")
    assert message["Body"] == envelope(event_id="event-1")


def test_what_is_no_order_and_no_event_is_not_sent_back(
    stack: MotoStack, letters: dict[str, str], capsys
) -> None:
    queue = ("--queue", "orders-dead-letters")
    code, document = run(stack, capsys, *queue, "--redrive", letters["poison"], letters["order"])
    assert code == 1
    assert f"{letters['poison']} is not redriven: it is not an order" in document["error"]
    assert f"{letters['order']}: redriven." in document["error"]
    assert len(stack.on("orders")) == 1
    assert len(run(stack, capsys, *queue)[1]["dead_letters"]) == 1
    stray = put(stack, "undelivered_unreadable_queue", '{"Type": "Notification"}')
    code, document = run(stack, capsys, "--queue", "undelivered-unreadable", "--redrive", stray)
    assert (code, stack.on("undelivered")) == (1, [])
    assert "is not redriven: it is not an event" in document["error"]


def test_a_message_is_removed_for_good(stack: MotoStack, letters: dict[str, str], capsys) -> None:
    queue = ("--queue", "orders-dead-letters")
    code, document = run(stack, capsys, *queue, "--remove", letters["poison"], "unknown")
    assert (code, document) == (1, {"removed": [letters["poison"]], "missing": ["unknown"]})
    assert stack.on("orders") == []
    assert len(run(stack, capsys, *queue)[1]["dead_letters"]) == 1


def test_a_change_needs_its_queue_and_is_one(stack: MotoStack, letters: dict[str, str]) -> None:
    assert stack.run("dead-letters", "--remove", letters["poison"]) == 2
    both = ("--redrive", letters["poison"], "--remove", letters["poison"])
    assert stack.run("dead-letters", "--queue", "orders-dead-letters", *both) == 2
