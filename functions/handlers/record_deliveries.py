"""What SNS reports of deliveries: its log groups, and the subscriptions' dead-letter queue.

CloudWatch Logs invokes the function asynchronously, and without partial failures: what fails is invoked again
and then put on the queue `record-deliveries-failed`, which the function consumes too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.adapters import aws
from functions.adapters.deferred_events import defer, deferred_events
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.event_topics import EventTopics
from functions.adapters.health_notices import HealthNotices
from functions.adapters.queues import Queue
from functions.adapters.recipients import Recipients
from functions.adapters.signal_counters import SignalCounters
from functions.adapters.signal_recorder import Recorded, SignalRecorder
from functions.adapters.signal_source import SignalSource
from functions.domain.deliveries.envelope import UnreadableEnvelope, read_envelope
from functions.domain.deliveries.first_publication import Publisher
from functions.domain.deliveries.log_batch import LogEvent, read_log_batch
from functions.domain.deliveries.recording import Recorder
from functions.domain.deliveries.row import RowState
from functions.domain.deliveries.timing import Timing
from functions.domain.instant import now
from functions.domain.log_record import LogField, LogFields, Outcome
from functions.runtime.environment import prepared
from functions.runtime.log import log_record
from functions.runtime.metrics import count
from functions.runtime.queue_function import Disposition, QueueMessage, queue_function
from functions.runtime.time_left import SecondsLeft, seconds_to_work

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_FUNCTION = "record_deliveries"
_ENDINGS = {RowState.DELIVERED: "DeliveriesSucceeded", RowState.DEAD: "DeliveriesDead"}


@dataclass(frozen=True, kw_only=True)
class Environment:  # noqa: D101
    deliveries_table_name: str
    webhooks_table_name: str
    topic_arn: str
    failed_queue_url: str
    undelivered_queue_url: str
    unreadable_queue_url: str
    redelivery_delays_seconds: tuple[int, ...]
    longest_delivery_seconds: int


def _prepare(_environment: Environment) -> object:
    return aws.dynamodb(), aws.sns(), aws.sqs()


class _Signals:
    """Records the messages of one batch of either queue."""

    def __init__(self, environment: Environment, seconds_left: SecondsLeft) -> None:
        self._failed = Queue(aws.sqs(), environment.failed_queue_url)
        self._undelivered = Queue(aws.sqs(), environment.undelivered_queue_url)
        self._unreadable = Queue(aws.sqs(), environment.unreadable_queue_url)
        self._seconds_left = seconds_left
        self._recorder = _recorder(environment)

    def hide(self, message: QueueMessage, seconds: int) -> None:
        queue = self._failed if _is_log(_object(message.body)) else self._undelivered
        queue.hide(message.receipt_handle, seconds)

    def take(self, message: QueueMessage, log_fields: LogFields) -> Disposition:
        log_fields[LogField.QUEUE_MESSAGE_ID] = message.message_id
        body = _object(message.body)
        try:
            if _is_log(body):
                self._take_log(body, log_fields)
            else:
                self._take_envelope(message, log_fields)
        except UnreadableEnvelope as error:
            # It never will be: an operator is to see it now, and not after many receipts.
            log_fields[LogField.OUTCOME], log_fields[LogField.REASON] = Outcome.DEAD_LETTERED, str(error)
            self._unreadable.send(message.body, reason=str(error))
        _count(self._recorder.recorded)
        return Disposition.DELETE

    def _take_log(self, body: dict[str, Any], log_fields: LogFields) -> None:
        events = deferred_events(body) if "log_events" in body else read_log_batch(body["requestPayload"])
        later = self._recorder.record_log(events, self._seconds_left)
        defer(self._failed, later)
        _describe(log_fields, events, later, self._recorder.recorded)

    def _take_envelope(self, message: QueueMessage, log_fields: LogFields) -> None:
        envelope = read_envelope(message.body)
        log_fields[LogField.CLIENT_ID] = envelope.client_id
        log_fields[LogField.EVENT_ID] = envelope.event_id
        log_fields[LogField.SNS_MESSAGE_ID] = envelope.sns_message_id
        sent_at = datetime.fromtimestamp(message.sent_at_milliseconds / 1000, UTC)
        dropped = self._recorder.record_envelope(envelope, sent_at)
        if dropped is not None:
            log_fields[LogField.OUTCOME], log_fields[LogField.REASON] = Outcome.DROPPED, dropped


@queue_function(Environment, deferrals="SignalsDeferred", prepare=_prepare)
def _consume(environment: Environment, seconds_left: SecondsLeft) -> _Signals:
    return _Signals(environment, seconds_left)


_environment = prepared(Environment, _prepare)


def handle(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401 - what Lambda expects of either
    """Record log events, or the messages of a queue.

    An entry whose SNS message nobody has stored yet is tried again for five minutes.
    """
    if "Records" in event:
        return _consume(event, context)
    environment = _environment()
    with log_record(_FUNCTION, context) as log_fields:
        recorder = _recorder(environment)
        events = read_log_batch(event)
        later = recorder.record_log(events, seconds_to_work(context))
        defer(Queue(aws.sqs(), environment.failed_queue_url), later)
        _describe(log_fields, events, later, recorder.recorded)
        _count(recorder.recorded)
    return None


def _recorder(environment: Environment) -> SignalRecorder:
    deliveries = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    recipients = Recipients(aws.dynamodb(), environment.webhooks_table_name, environment.topic_arn)
    timing = Timing(
        delays_seconds=environment.redelivery_delays_seconds,
        longest_delivery_seconds=environment.longest_delivery_seconds,
    )
    publisher = Publisher(
        deliveries=deliveries,
        topics=EventTopics(aws.sns()),
        clock=now,
        timing=timing,
        first_topic_arn=environment.topic_arn,
    )
    notices = HealthNotices(deliveries=deliveries, recipients=recipients, publisher=publisher)
    return SignalRecorder(
        deliveries=deliveries,
        counters=SignalCounters(aws.dynamodb(), environment.deliveries_table_name),
        source=SignalSource(deliveries, recipients),
        recorder=Recorder(deliveries=deliveries, notices=notices, timing=timing, clock=now),
        clock=now,
    )


def _describe(
    log_fields: LogFields, events: list[LogEvent], later: list[LogEvent], recorded: Recorded
) -> None:
    log_fields[LogField.ENTRIES] = len(events)
    log_fields[LogField.DEFERRED] = len(later)
    log_fields[LogField.DROPPED] = dict(recorded.dropped)


def _count(recorded: Recorded) -> None:
    """Count a batch once, and not each entry: a metric is a log record."""
    for (status_class, trigger), number in recorded.attempts.items():
        count("DeliveryAttempts", number, status_class=status_class, trigger=trigger)
    for state, number in recorded.ended.items():
        count(_ENDINGS[state], number)
    for reason, number in recorded.dropped.items():
        count("SignalsDropped", number, reason=reason)
    for each in (recorded.attempts, recorded.ended, recorded.dropped):
        each.clear()


def _is_log(body: dict[str, Any]) -> bool:
    """Return whether a message is of the queue of log events, and not of that of undelivered envelopes."""
    return "requestPayload" in body or "log_events" in body


def _object(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
