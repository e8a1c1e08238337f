"""SQS's StartMessageMoveTask moves messages back from a dead-letter queue."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from ministack.services import sqs

from local.patches.patch import Patch

Data = dict[str, Any]

# By the ARN of the source queue. In the emulator a task ends before the call returns.
_tasks: dict[str, Data] = {}
_dispatch = sqs._dispatch


async def dispatch(action: str, data: Data, queue_url: str) -> Data:
    """Handle the actions of message move tasks; the emulator handles all others."""
    if action == "StartMessageMoveTask":
        return start_message_move_task(data)
    if action == "ListMessageMoveTasks":
        task = _tasks.get(data.get("SourceArn", ""))
        return {"Results": [task] if task else []}
    answer: Data = await _dispatch(action, data, queue_url)
    return answer


def start_message_move_task(data: Data) -> Data:
    """Move the visible messages of a dead-letter queue: each is a new message in its destination.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """
    source_arn, destination_arn = data.get("SourceArn", ""), data.get("DestinationArn", "")
    source, destination = sqs._queue_by_arn(source_arn), sqs._queue_by_arn(destination_arn)
    if source is None or destination is None:
        raise sqs._Err("ResourceNotFoundException", "The resource that you specified does not exist.")
    if not _is_dead_letter_queue(source_arn):
        raise sqs._Err(
            "InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.", 400
        )
    moved = 0
    now = time.time()
    for message in [each for each in source["messages"] if each["visible_at"] <= now]:
        moving = {
            "QueueUrl": destination["url"],
            "MessageBody": message["body"],
            "MessageAttributes": message.get("message_attributes") or {},
        }
        if message["group_id"]:
            moving["MessageGroupId"] = message["group_id"]
        sqs._act_send_message(moving, destination["url"])
        source["messages"].remove(message)
        moved += 1
    _tasks[source_arn] = {
        "Status": "COMPLETED",
        "SourceArn": source_arn,
        "DestinationArn": destination_arn,
        "ApproximateNumberOfMessagesMoved": moved,
        "StartedTimestamp": int(now * 1000),
    }
    handle = base64.b64encode(json.dumps({"sourceArn": source_arn, "at": now}).encode())
    return {"TaskHandle": handle.decode()}


def _is_dead_letter_queue(arn: str) -> bool:
    policies = (queue["attributes"].get("RedrivePolicy") or "{}" for queue in sqs._queues.values())
    return any(json.loads(policy).get("deadLetterTargetArn") == arn for policy in policies)


PATCHES = (
    Patch(
        fault="StartMessageMoveTask is an unknown action. SQS moves dead letters to the given queue.",
        module="ministack.services.sqs",
        attribute="_dispatch",
        source_sha256="6a429fdb61ebdc5a50778ac2505ca08cfe009a98a6054b537507529c307dfa5b",
        replacement=dispatch,
    ),
)
