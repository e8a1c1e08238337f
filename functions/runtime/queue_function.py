"""The decorator of the functions that consume a queue."""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import Any, Protocol

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.backoff import backoff_seconds
from functions.domain.log_record import LogField, LogFields, Outcome
from functions.runtime.environment import Environment, prepared
from functions.runtime.log import log_record
from functions.runtime.metrics import count


class Disposition(Enum):
    """What happens to a message after it was handled."""

    DELETE = auto()
    KEEP = auto()
    """It stays on the queue, hidden as the consumer has set it."""
    DEFER = auto()
    """It stays on the queue, hidden for a time that doubles with each receipt."""


class Consumer(Protocol):
    """What handles the messages of one batch."""

    def take(self, message: SQSRecord, log_fields: LogFields) -> Disposition:
        """Handle one message. A message for which this raises an error is deferred."""
        ...

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Hide a message for so many seconds."""
        ...


class _Kept(Exception):  # noqa: N818 - no error: it makes the processor keep a message
    """The message stays on the queue."""


Handler = Callable[[dict[str, Any], LambdaContext], PartialItemFailureResponse]


def queue_function(
    environment_type: type[Environment],
    *,
    deferrals: str,
    prepare: Callable[[Environment], object] = lambda _: None,
) -> Callable[[Callable[[Environment], Consumer]], Handler]:
    """Make a Lambda handler of what returns the consumer of one batch.

    The handler writes one log record for each message, and names to Lambda the messages that stay on the
    queue. A message that is deferred is counted in the metric `deferrals`. `prepare` makes the AWS clients in
    the init phase.
    """

    def decorate(consumer_of: Callable[[Environment], Consumer]) -> Handler:
        function = consumer_of.__module__.rpartition(".")[2]
        environment = prepared(environment_type, prepare)

        @wraps(consumer_of)
        def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
            consumer = consumer_of(environment())

            # The processor calls it with the keyword `record`.
            def take(record: SQSRecord) -> None:
                with log_record(function, context) as log_fields:
                    disposition = _take(consumer, record, log_fields, deferrals)
                if disposition is not Disposition.DELETE:
                    raise _Kept

            # Where every message failed, the answer still names them: an error would hide which and why.
            processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
            return process_partial_response(
                event=event, record_handler=take, processor=processor, context=context
            )

        return handle

    return decorate


def _take(consumer: Consumer, message: SQSRecord, log_fields: LogFields, deferrals: str) -> Disposition:
    try:
        disposition = consumer.take(message, log_fields)
    except Exception:
        _defer(consumer, message, log_fields, deferrals)
        raise
    if disposition is Disposition.DEFER:
        log_fields[LogField.OUTCOME] = Outcome.DEFERRED
        _defer(consumer, message, log_fields, deferrals)
    return disposition


def _defer(consumer: Consumer, message: SQSRecord, log_fields: LogFields, metric: str) -> None:
    spread = random.random()  # noqa: S311 - spreads load, guards nothing
    seconds = backoff_seconds(int(message.attributes.approximate_receive_count), spread)
    count(metric)
    try:
        consumer.hide(message.receipt_handle, seconds)
        log_fields[LogField.HIDDEN_SECONDS] = seconds
    except (BotoCoreError, ClientError) as error:
        # Then the message becomes visible after the queue's own visibility timeout.
        log_fields[LogField.NOT_HIDDEN] = str(error)
