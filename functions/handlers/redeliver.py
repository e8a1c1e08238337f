"""What is due is published again, every minute."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters import aws
from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_log import DeliveryLog
from functions.adapters.destinations import Destinations
from functions.adapters.event_topics import EventTopics
from functions.adapters.health_notices import HealthNotices
from functions.adapters.recipients import Recipients
from functions.adapters.signal_counters import SignalCounters
from functions.adapters.topic_usage import least_used, topic_arns
from functions.domain.deliveries.first_publication import Publisher
from functions.domain.deliveries.serving.run import Machinery, run
from functions.domain.deliveries.serving.run_context import Event, Report, RunContext
from functions.domain.deliveries.timing import Timing
from functions.domain.instant import now
from functions.domain.log_record import LogField, LogFields, Outcome
from functions.runtime.environment import prepared
from functions.runtime.log import log_record
from functions.runtime.metrics import count
from functions.runtime.time_left import seconds_until_time_out

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_FUNCTION = "redeliver"
_RUN_SECONDS = 50.0
# Calls that have begun when the time is used up: botocore gives each of them up after some 15 seconds, but a
# row that is left claimed is published again.
_RESERVED_SECONDS = 8.0
# Registrations report how full the topics are too, but confirmations and deletions change it as well.
_MINUTES_BETWEEN_USAGES = 10
# boto3 keeps ten connections to a service.
_WORKERS = 10
# Shorter than a wait for the rate usually is: on the laptop the clock runs faster than the machine's.
_LONGEST_SLEEP_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`redelivery_delays_seconds` is the schedule, such as 7200 and 18000."""

    deliveries_table_name: str
    webhooks_table_name: str
    topic_arn: str
    topic_names: tuple[str, ...]
    redelivery_delays_seconds: tuple[int, ...]
    longest_delivery_seconds: int
    disable_after_days: int
    max_per_minute: int


_environment = prepared(Environment, lambda _: (aws.dynamodb(), aws.sns(), aws.logs()))


def handle(_: dict[str, Any], context: LambdaContext) -> None:
    """Serve every webhook that has work, for at most 50 seconds; a second run at a time does nothing.

    Wherever the function dies, the next run continues: a row that is claimed and was perhaps not published
    has a deadline of two minutes.
    """
    environment = _environment()
    with log_record(_FUNCTION, context) as log_fields:
        run_context, signal_log = _run_context(environment, _seconds_left(context))
        with ThreadPoolExecutor(max_workers=_WORKERS) as workers:
            machinery = Machinery(take_turns=workers.map, sleep=_sleep)
            has_run = run(run_context, machinery, context.aws_request_id)
        if not has_run:
            log_fields[LogField.OUTCOME] = Outcome.SKIPPED
            return
        _describe(run_context.report, log_fields)
        if signal_log.cut_short:
            count("LogSearchesCutShort", signal_log.cut_short)
        if now().minute % _MINUTES_BETWEEN_USAGES == 0:
            topics = topic_arns(environment.topic_arn, environment.topic_names)
            count("WebhookTopicUsedPercent", least_used(aws.sns(), topics).used_percent)


def _run_context(
    environment: Environment, seconds_left: Callable[[], float]
) -> tuple[RunContext, DeliveryLog]:
    deliveries = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    recipients = Recipients(aws.dynamodb(), environment.webhooks_table_name, environment.topic_arn)
    signal_log = DeliveryLog(aws.logs(), deliveries, Destinations(deliveries, recipients))
    topics = EventTopics(aws.sns())
    timing = Timing(
        delays_seconds=environment.redelivery_delays_seconds,
        longest_delivery_seconds=environment.longest_delivery_seconds,
        disable_after_days=environment.disable_after_days,
        max_per_minute=environment.max_per_minute,
    )
    publisher = Publisher(
        deliveries=deliveries,
        topics=topics,
        clock=now,
        timing=timing,
        first_topic_arn=environment.topic_arn,
    )
    run_context = RunContext(
        deliveries=deliveries,
        schedule=DeliveriesSchedule(aws.dynamodb(), environment.deliveries_table_name),
        counters=SignalCounters(aws.dynamodb(), environment.deliveries_table_name),
        recipients=recipients,
        sns=topics,
        signal_log=signal_log,
        notices=HealthNotices(deliveries=deliveries, recipients=recipients, publisher=publisher),
        timing=timing,
        clock=now,
        new_token=lambda: uuid.uuid4().hex,
        seconds_left=seconds_left,
    )
    return run_context, signal_log


def _seconds_left(context: LambdaContext) -> Callable[[], float]:
    """Return how much of the run is left, by the machine's time."""
    started = time.monotonic()

    def seconds_left() -> float:
        of_function = seconds_until_time_out(context) - _RESERVED_SECONDS
        return min(started + _RUN_SECONDS - time.monotonic(), of_function)

    return seconds_left


def _sleep(seconds: float) -> None:
    time.sleep(max(0.0, min(seconds, _LONGEST_SLEEP_SECONDS)))


def _describe(report: Report, log_fields: LogFields) -> None:
    log_fields[LogField.COUNTS] = {event.value: number for event, number in report.counts.items()}
    log_fields[LogField.BEHIND_SECONDS] = round(report.behind_seconds)
    if report.errors:
        # The others were served; what failed is tried again. Where it fails in every run, an alarm misses the
        # completed ones.
        log_fields[LogField.OUTCOME] = Outcome.ERROR
        log_fields[LogField.CAUSE] = report.errors[:5]
    else:
        count("RedeliveryRunsCompleted")
    count("OldestDueSeconds", round(report.behind_seconds))
    count("SilentPublicationsPercent", round(report.silent_percent))
    if report.counts[Event.ENDED]:
        count("DeliveriesDead", report.counts[Event.ENDED])
