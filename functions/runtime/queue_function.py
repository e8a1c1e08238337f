"""The decorator of the functions that consume a queue."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.backoff import backoff_seconds
from functions.domain.log_record import LogField, LogFields, Outcome
from functions.runtime.environment import Environment, prepared
from functions.runtime.log import log_record
from functions.runtime.metrics import count
from functions.runtime.time_left import SecondsLeft, seconds_to_work

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMessage:
    """One message of a batch, with what SQS says of it.

    It and the answer below are not Powertools' own: its batch utility would double the part of a cold start
    that is not boto3 (docs/performance.md).
    """

    message_id: str
    receipt_handle: str
    body: str
    receive_count: int
    sent_at_milliseconds: int
    attributes: Mapping[str, Any]
    """The attributes that its sender gave it."""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> QueueMessage:
        """Return the message of a record in Lambda's event."""
        attributes = record["attributes"]
        return cls(
            message_id=record["messageId"],
            receipt_handle=record["receiptHandle"],
            body=record["body"],
            receive_count=int(attributes["ApproximateReceiveCount"]),
            sent_at_milliseconds=int(attributes.get("SentTimestamp", 0)),
            attributes=record.get("messageAttributes", {}),
        )


class Disposition(Enum):
    """What happens to a message after it was handled."""

    DELETE = auto()
    DEFER = auto()
    """It stays on the queue, hidden for a time that doubles with each receipt."""


class Consumer(Protocol):
    """What handles the messages of one batch."""

    def take(self, message: QueueMessage, log_fields: LogFields) -> Disposition:
        """Handle one message. A message for which this raises an error is deferred."""
        ...

    def hide(self, message: QueueMessage, seconds: int) -> None:
        """Hide a message for so many seconds."""
        ...


# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
BatchReply = dict[str, list[dict[str, str]]]
Handler = Callable[[dict[str, Any], "LambdaContext"], BatchReply]
# Given the environment, and how long the function may work.
ConsumerOf = Callable[[Environment, SecondsLeft], Consumer]


def queue_function(
    environment_type: type[Environment],
    *,
    deferrals: str,
    prepare: Callable[[Environment], object] = lambda _: None,
) -> Callable[[ConsumerOf[Environment]], Handler]:
    """Make a Lambda handler of what returns the consumer of one batch.

    The handler writes one log record for each message, and names to Lambda the messages that stay on the
    queue. What it has no time to begin is deferred, so that a batch which takes too long is done bit by bit.
    A message that is deferred is counted in the metric `deferrals`. `prepare` makes the AWS clients in the
    init phase.
    """

    def decorate(consumer_of: ConsumerOf[Environment]) -> Handler:
        function = consumer_of.__module__.rpartition(".")[2]
        environment = prepared(environment_type, prepare)

        @wraps(consumer_of)
        def handle(event: dict[str, Any], context: LambdaContext) -> BatchReply:
            seconds_left = seconds_to_work(context)
            consumer = consumer_of(environment(), seconds_left)

            def is_done(message: QueueMessage) -> bool:
                try:
                    with log_record(function, context) as log_fields:
                        has_time = seconds_left() > 0
                        disposition = _take(consumer, message, log_fields, deferrals, has_time=has_time)
                except Exception:  # noqa: BLE001 - logged; the message comes again, and the others go on
                    return False
                return disposition is Disposition.DELETE

            messages = [QueueMessage.of(record) for record in event["Records"]]
            kept = [each.message_id for each in messages if not is_done(each)]
            # Where every message failed, the answer still names them: an error would hide which and why.
            return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in kept]}

        return handle

    return decorate


def _take(
    consumer: Consumer, message: QueueMessage, log_fields: LogFields, deferrals: str, *, has_time: bool
) -> Disposition:
    if not has_time:
        log_fields[LogField.QUEUE_MESSAGE_ID] = message.message_id
        log_fields[LogField.REASON] = "no time is left for it"
    try:
        disposition = consumer.take(message, log_fields) if has_time else Disposition.DEFER
    except Exception:
        _defer(consumer, message, log_fields, deferrals)
        raise
    if disposition is Disposition.DEFER:
        log_fields[LogField.OUTCOME] = Outcome.DEFERRED
        _defer(consumer, message, log_fields, deferrals)
    return disposition


def _defer(consumer: Consumer, message: QueueMessage, log_fields: LogFields, metric: str) -> None:
    spread = random.random()  # noqa: S311 - spreads load, guards nothing
    seconds = backoff_seconds(message.receive_count, spread)
    count(metric)
    try:
        consumer.hide(message, seconds)
        log_fields[LogField.HIDDEN_SECONDS] = seconds
    except (BotoCoreError, ClientError) as error:
        # Then the message becomes visible after the queue's own visibility timeout.
        log_fields[LogField.NOT_HIDDEN] = str(error)
