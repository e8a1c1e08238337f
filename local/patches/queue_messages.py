"""A message that is sent while others leave its queue stays on the queue."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.services import sqs

from local.patches.patch import Patch

Message = dict[str, Any]
Queue = dict[str, Any]


def delete_messages(queue_url: str, receipt_handles: set[str]) -> None:
    """Delete the messages that an event source mapping's function has processed."""
    messages = sqs._get_q(queue_url)["messages"]
    for message in list(messages):
        if message["receipt_handle"] in receipt_handles:
            _take_off(messages, message)


def move_dead_letters(queue: Queue) -> None:
    """Move the messages that have been received as often as they may be to the dead-letter queue."""
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    target = sqs._queue_by_arn(policy.get("deadLetterTargetArn", ""))
    if target is None:
        return
    now = time.time()
    for message in list(queue["messages"]):
        is_dead = message["receive_count"] >= int(policy["maxReceiveCount"]) and message["visible_at"] <= now
        if is_dead and _take_off(queue["messages"], message):
            source = {"DeadLetterQueueSourceArn": queue["attributes"].get("QueueArn", "")}
            enqueued = {"enqueued_at": now} if target["is_fifo"] else {}
            target["messages"].append(
                {
                    **message,
                    **enqueued,
                    "receipt_handle": None,
                    "visible_at": now,
                    "sys": {**source, **message.get("sys", {})},
                }
            )
            sqs.esm_wake.set()


def _take_off(messages: list[Message], message: Message) -> bool:
    """Remove a message from a queue; return False where another thread has removed it."""
    try:
        # In place, and in one step of the interpreter's.
        messages.remove(message)
    except ValueError:
        return False
    return True


_FAULT = (
    "A queue's list of messages is copied and replaced, in one thread, when messages leave it; what another "
    "thread sends in between is lost, although it was acknowledged. SQS loses nothing."
)

PATCHES = (
    Patch(
        fault=_FAULT,
        module="ministack.services.sqs",
        attribute="_delete_messages_for_esm",
        source_sha256="c1686f29b48b42eea5a69e1c24da77bd47e96f44372ac765f24fbcb8cf68362b",
        replacement=delete_messages,
    ),
    Patch(
        fault=_FAULT,
        module="ministack.services.sqs",
        attribute="_dlq_sweep",
        source_sha256="6a77691e16715a0d5d433deef257ceaf4751dd44c61dc8d6962588b77d8804d6",
        replacement=move_dead_letters,
    ),
)
