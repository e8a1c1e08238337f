from __future__ import annotations

import json
import time

import pytest

from functions.adapters.items import to_item
from ops.undelivered import waiting_of
from tests.ops.conftest import MotoStack
from tests.ops.recorded import at, line
from tests.support.envelopes import SUBSCRIPTION_ARN, envelope

DEAD = {"dead_since": {"DataType": "String", "StringValue": "2025-11-25T09:30:00.000Z"}}


def noted(seconds: float, outcome: str, redeliveries: int = 0, event_id: str = "e", **fields: object):
    known = {"event_id": event_id, "webhook_id": "wh_1", "event_type": "order.paid"}
    return line("redeliver", seconds, outcome=outcome, redeliveries=redeliveries, **known, **fields)


@pytest.mark.parametrize("end", ["published", "dead_lettered", "dropped"])
def test_only_what_was_last_seen_to_wait_waits(end: str) -> None:
    waits = noted(9, "waiting", event_id="other", redeliveries=1, wait_seconds=3600)
    (waiting,) = waiting_of([waits, noted(5, end), noted(1, "waiting", wait_seconds=4)])
    assert (waiting.event_id, waiting.redelivery, waiting.due_at) == ("other", 2, at(3609))


def test_what_redeliver_could_not_look_after_waits_as_before() -> None:
    (waiting,) = waiting_of([noted(1, "waiting", wait_seconds=4), noted(5, "error")])
    assert waiting.due_at == at(5)


def test_two_webhooks_wait_for_the_same_event_each_by_itself() -> None:
    one = noted(1, "waiting", wait_seconds=4)
    two = line("redeliver", 1, outcome="waiting", event_id="e", webhook_id="wh_2", wait_seconds=4)
    assert [each.webhook_id for each in waiting_of([one, two])] == ["wh_1", "wh_2"]


@pytest.fixture
def missed(stack: MotoStack) -> MotoStack:
    sqs = stack.client("sqs")
    for event_id in ("event-1", "event-2"):
        body = envelope(event_id=event_id)
        sqs.send_message(
            QueueUrl=stack.outputs["dead_webhooks_queue_url"], MessageBody=body, MessageAttributes=DEAD
        )
    for _ in range(3):
        sqs.send_message(QueueUrl=stack.outputs["undelivered_queue_url"], MessageBody=envelope())
    fields = {"message": "redeliver", "client_id": "shop", "webhook_id": "wh_1", "event_id": "event-3"}
    stack.log("redeliver", int(time.time() * 1000), {**fields, "outcome": "waiting", "wait_seconds": 600})
    webhook = {
        "client_id": "shop",
        "webhook_id": "wh_1",
        "url": "https://shop.example/",
        "event_types": ["order.paid"],
        "subscription_arn": SUBSCRIPTION_ARN,
    }
    stack.client("dynamodb").put_item(TableName="webhooks", Item=to_item(webhook))
    # A client's count of its webhooks lies beside them.
    stack.client("dynamodb").put_item(
        TableName="webhooks", Item=to_item({"client_id": "shop", "webhook_id": "#", "registered": 1})
    )
    return stack


def test_what_waits_and_what_was_given_up_is_listed(missed: MotoStack, capsys) -> None:
    assert missed.run("undelivered", "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert [(each["event_id"], each["webhook_id"]) for each in document["waiting"]] == [("event-3", "wh_1")]
    assert sorted(each["event_id"] for each in document["given_up"]) == ["event-1", "event-2"]
    assert {each["webhook_id"] for each in document["given_up"]} == {"wh_1"}
    assert {each["dead_since"] for each in document["given_up"]} == {"2025-11-25T09:30:00.000Z"}
    (note,) = document["notes"]
    assert note.startswith("The queue has about 3 messages, redeliver's log has 1")


def test_looking_leaves_both_queues_as_they_are(missed: MotoStack) -> None:
    missed.run("undelivered")
    # The first receipt of each is this test's own, and nothing is hidden.
    waiting = missed.on("undelivered")
    assert [each["Attributes"]["ApproximateReceiveCount"] for each in waiting] == ["1", "1", "1"]
    assert len(missed.on("dead-webhooks")) == 2


def test_another_client_s_are_not_shown(missed: MotoStack, capsys) -> None:
    assert missed.run("undelivered", "--client", "depot") == 0
    assert capsys.readouterr().out == "No event is waiting for redelivery, and none is dead-lettered.\n"
