"""The messages on the stack's dead-letter queues: read them; redrive or remove some."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from ops.dead_letters.letter import DeadLetter, letter_of
from ops.dead_letters.readable import why_unreadable
from ops.errors import NothingFound, Refused
from ops.queues import QUEUES
from ops.target import Target

# By their names in `ops.queues`, with the queue that a message is redriven to.
DEAD_LETTER_QUEUES: Mapping[str, str] = {
    "orders-dead-letters": "orders",
    "undelivered-unreadable": "undelivered",
    "record-deliveries-unreadable": "record-deliveries-failed",
}
# Long enough to read all and act on some; what stays is shown again at once.
_VISIBILITY_TIMEOUT_SECONDS = 60
_BATCH = 10
# Of one queue; a listing that has so many may not have all.
MOST_READ = 1_000


def read_dead_letters(target: Target, queue: str) -> list[DeadLetter]:
    """Return a queue's messages, about `MOST_READ` at most, the oldest first, and leave all on the queue.

    They are hidden while this reads. No dead-letter queue has a maximum of receives.
    """
    found: list[DeadLetter] = []
    handles: list[str] = []
    for batch in _batches(target, queue):
        handles += [each["ReceiptHandle"] for each in batch]
        found += [letter_of(queue, each) for each in batch]
        if len(found) >= MOST_READ:
            break
    for handle in handles:
        _show_again(target, queue, handle)
    return sorted(found, key=lambda each: each.sent_at)


def redrive_dead_letters(
    target: Target, queue: str, message_ids: Collection[str], on_each: Callable[[], object] = lambda: None
) -> list[str]:
    """Send messages back to the queue that they came from, and return the IDs of those that were found.

    Each is sent before it is deleted: a crash in between processes it twice, which every consumer expects.
    What the queue's consumer cannot read would only come back: it stays, and `Refused` is raised in the end.
    """
    refused: dict[str, str] = {}

    def send_back(message: Any) -> None:  # noqa: ANN401 - boto3's own type
        why = why_unreadable(queue, message["Body"])
        if why:
            refused[message["MessageId"]] = why
            _show_again(target, queue, message["ReceiptHandle"])
            return
        target.client("sqs").send_message(
            QueueUrl=target.output(QUEUES[DEAD_LETTER_QUEUES[queue]]),
            MessageBody=message["Body"],
            MessageAttributes=_attributes(message),
            **_group(message),
        )
        _delete(target, queue, message)

    taken = _on_each(target, queue, message_ids, send_back, on_each)
    done = [each for each in taken if each not in refused]
    if refused:
        raise Refused(_refusal(refused, done))
    return done


def _refusal(refused: Mapping[str, str], done: Collection[str]) -> str:
    lines = [f"{message_id} is not redriven: {why}." for message_id, why in refused.items()]
    return "\n".join([*lines, *(f"{message_id}: redriven." for message_id in done)])


def remove_dead_letters(
    target: Target, queue: str, message_ids: Collection[str], on_each: Callable[[], object] = lambda: None
) -> list[str]:
    """Delete messages for good, and return the IDs of those that were found."""
    return _on_each(target, queue, message_ids, lambda message: _delete(target, queue, message), on_each)


def _on_each(
    target: Target,
    queue: str,
    message_ids: Collection[str],
    act: Callable[[Any], None],
    on_each: Callable[[], object],
) -> list[str]:
    left = set(message_ids)
    done: list[str] = []
    others: list[str] = []
    # All are received first: one that is shown again too early would be received twice.
    try:
        for batch in _batches(target, queue):
            others += [each["ReceiptHandle"] for each in batch if each["MessageId"] not in left]
            for message in [each for each in batch if each["MessageId"] in left]:
                act(message)
                left.discard(message["MessageId"])
                done.append(message["MessageId"])
                on_each()
            if not left:
                break
    finally:
        for handle in others:
            _show_again(target, queue, handle)
    if not done:
        raise NothingFound(
            f"No such message is on {queue}: perhaps another reader has hidden it for a minute."
        )
    return done


def _batches(target: Target, queue: str) -> Iterator[list[Any]]:
    seen: set[str] = set()
    while True:
        messages = (
            target.client("sqs")
            .receive_message(
                QueueUrl=target.output(QUEUES[queue]),
                MaxNumberOfMessages=_BATCH,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp", "MessageGroupId"],
                VisibilityTimeout=_VISIBILITY_TIMEOUT_SECONDS,
                WaitTimeSeconds=1,
            )
            .get("Messages", [])
        )
        fresh = [each for each in messages if each["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {each["MessageId"] for each in fresh}
        yield fresh


def _show_again(target: Target, queue: str, handle: str) -> None:
    target.client("sqs").change_message_visibility(
        QueueUrl=target.output(QUEUES[queue]), ReceiptHandle=handle, VisibilityTimeout=0
    )


def _delete(target: Target, queue: str, message: Any) -> None:  # noqa: ANN401 - boto3's own type
    target.client("sqs").delete_message(
        QueueUrl=target.output(QUEUES[queue]), ReceiptHandle=message["ReceiptHandle"]
    )


def _attributes(message: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own type
    return {
        name: {"DataType": each["DataType"], "StringValue": each["StringValue"]}
        for name, each in message.get("MessageAttributes", {}).items()
        if "StringValue" in each
    }


def _group(message: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own type
    """Return the group, which keeps a queue fair also while many orders of one client are redriven."""
    group = message.get("Attributes", {}).get("MessageGroupId")
    return {} if group is None else {"MessageGroupId": group}
