from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator import Emulator
from tests.support.emulator import new_name
from tests.support.waiting import wait_for

ACCOUNT, REGION = "000000000000", "us-east-1"


class Racing(list[Any]):
    """A queue's messages, to which another thread adds one when they have just been gone through."""

    late: dict[str, Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        if self.late is not None:
            late, self.late = self.late, None
            self.append(late)


def message(name: str, receive_count: int = 1) -> dict[str, Any]:
    return {
        "id": name,
        "body": name,
        "receipt_handle": f"handle-{name}",
        "receive_count": receive_count,
        "visible_at": time.time() - 1,
        "sent_at": time.time(),
    }


@pytest.fixture
def queue() -> Iterator[dict[str, Any]]:
    """A queue of the emulator's, in this process, with two messages and one to come."""
    from ministack.core.responses import request_scope
    from ministack.services import sqs

    with request_scope(ACCOUNT, REGION):
        dead = sqs._act_create_queue({"QueueName": new_name("dead")}, "")["QueueUrl"]
        policy = {"deadLetterTargetArn": sqs._get_q(dead)["attributes"]["QueueArn"], "maxReceiveCount": "5"}
        url = sqs._act_create_queue(
            {"QueueName": new_name("queue"), "Attributes": {"RedrivePolicy": json.dumps(policy)}}, ""
        )["QueueUrl"]
        made: dict[str, Any] = sqs._get_q(url)
        made["messages"] = Racing([message("done", 5), message("open")])
        made["messages"].late = message("late")
        made["url"], made["dead"] = url, sqs._get_q(dead)
        yield made


def left(queue: dict[str, Any]) -> list[str]:
    return [each["id"] for each in list(queue["messages"])]


DELETE, MOVE = "delete", "move"


def run(kind: str, queue: dict[str, Any], *, stock: bool = False) -> None:
    """Delete or move the message that is done, as the emulator does it or as the patch does."""
    from ministack.services import sqs

    from local.patches import queue_messages

    if kind == DELETE:
        delete = sqs._delete_messages_for_esm if stock else queue_messages.delete_messages
        delete(queue["url"], {"handle-done"})
    else:
        move = sqs._dlq_sweep if stock else queue_messages.move_dead_letters
        move(queue)


@pytest.mark.parametrize("kind", [DELETE, MOVE])
def test_what_is_sent_while_others_leave_is_still_there(queue: dict[str, Any], kind: str) -> None:
    run(kind, queue)

    assert left(queue) == ["open", "late"]


@pytest.mark.parametrize("kind", [DELETE, MOVE])
def test_stock_loses_it(queue: dict[str, Any], kind: str) -> None:
    run(kind, queue, stock=True)

    assert left(queue) == ["open"]


def test_a_dead_letter_is_moved_as_it_was(queue: dict[str, Any]) -> None:
    run(MOVE, queue)

    (dead,) = queue["dead"]["messages"]
    assert (dead["id"], dead["body"], dead["receipt_handle"]) == ("done", "done", None)
    assert dead["sys"]["DeadLetterQueueSourceArn"] == queue["attributes"]["QueueArn"]


def test_a_dead_letter_that_another_thread_has_moved_is_not_moved_again(queue: dict[str, Any]) -> None:
    class Taken(list[Any]):
        def remove(self, _: Any) -> None:
            raise ValueError

    queue["messages"] = Taken(queue["messages"])
    run(MOVE, queue)

    assert queue["dead"]["messages"] == []


def test_what_is_hidden_or_may_come_again_stays(queue: dict[str, Any]) -> None:
    hidden = {**message("hidden", 9), "visible_at": time.time() + 60}
    queue["messages"] = [hidden, message("again", 4)]
    run(MOVE, queue)

    assert left(queue) == ["hidden", "again"]


def test_the_emulator_moves_a_message_to_its_dead_letter_queue(patched: Emulator) -> None:
    client = patched.client("sqs")
    dead = client.create_queue(QueueName=new_name("dead"))["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
    url = client.create_queue(
        QueueName=new_name("queue"), Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "0"}
    )["QueueUrl"]
    sent = client.send_message(QueueUrl=url, MessageBody="poison")["MessageId"]
    client.receive_message(QueueUrl=url)
    wait_for(lambda: not client.receive_message(QueueUrl=url).get("Messages"))
    (received,) = client.receive_message(QueueUrl=dead, AttributeNames=["All"])["Messages"]
    assert (received["MessageId"], received["Body"]) == (sent, "poison")
