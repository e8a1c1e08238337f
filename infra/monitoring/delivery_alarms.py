"""The alarms of deliveries: whether they are recorded, and whether what is due is published."""

from __future__ import annotations

from typing import Any

from functions.domain.deliveries.silence import SILENT_PERCENT
from infra.metrics import Metric
from infra.monitoring.alarm import Alarm
from infra.monitoring.alarm_catalogue import lambda_metric, queue_metric

_MINUTE = 60
_HOUR = 60 * _MINUTE
_STOPPED_SECONDS = 15 * _MINUTE
_USED_PERCENT = 80


def redelivery_alarms(*, runs: Metric, behind: Metric) -> list[Alarm]:
    """Watch redeliver, which runs every minute: `behind` is how long the oldest work has been due."""
    return [
        Alarm(
            name="redelivery-stopped",
            section="redelivery-stopped",
            why=f"redeliver has completed no run without an error for {_STOPPED_SECONDS // _MINUTE} minutes.",
            watches=runs,
            threshold=1,
            is_below=True,
            period_seconds=_STOPPED_SECONDS,
        ),
        Alarm(
            name="redelivery-behind",
            section="redelivery-stopped",
            why="Events have been due for an hour and were not published again.",
            watches=behind,
            threshold=_HOUR,
        ),
    ]


def row_alarms(*, dead: Metric, silent_percent: Metric) -> list[Alarm]:
    """Watch how deliveries end, and the share of an hour's publications that have no outcome."""
    return [
        Alarm(
            name="deliveries-dead",
            section="deliveries-dead",
            why="Events were given up for a webhook: it has refused or missed every publication.",
            watches=dead,
            threshold=1,
        ),
        Alarm(
            name="deliveries-silent",
            section="deliveries-silent",
            why=f"SNS's logs have no outcome of {SILENT_PERCENT} % of an hour's publications.",
            watches=silent_percent,
            threshold=SILENT_PERCENT,
        ),
    ]


def signal_queue_alarm(name: str, queue_name: Any) -> Alarm:  # noqa: ANN401 - may be an output
    """Watch that signals are recorded."""
    return Alarm(
        name=f"{name}-wait",
        section="signals-wait",
        why=f"A message on {name} was not recorded for an hour.",
        watches=queue_metric("ApproximateAgeOfOldestMessage", queue_name),
        threshold=_HOUR,
    )


def log_filter_alarms(name: str, log_group_name: Any, filter_name: Any) -> list[Alarm]:  # noqa: ANN401
    """Watch that a log group reaches its function.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
    """
    dimensions = {
        "LogGroupName": log_group_name,
        "DestinationType": "Lambda",
        "FilterName": filter_name,
    }

    def alarm(ending: str, metric: str, why: str) -> Alarm:
        return Alarm(
            name=f"{name}-{ending}",
            section="signals-lost",
            why=why,
            watches=Metric(namespace="AWS/Logs", name=metric, dimensions=dimensions, statistic="Sum"),
            threshold=1,
        )

    return [
        alarm(
            "not-forwarded",
            "DeliveryErrors",
            f"CloudWatch Logs could not hand entries of {name} to record-deliveries.",
        ),
        alarm(
            "forwarding-throttled",
            "DeliveryThrottling",
            f"CloudWatch Logs was throttled when it handed entries of {name} to record-deliveries.",
        ),
    ]


def async_alarms(name: str, function_name: Any) -> list[Alarm]:  # noqa: ANN401 - as above
    """Watch the invocations of record_deliveries by CloudWatch Logs."""

    def alarm(ending: str, metric: str, why: str) -> Alarm:
        return Alarm(
            name=f"{name}-{ending}",
            section="signals-lost",
            why=why,
            watches=lambda_metric(metric, function_name),
            threshold=1,
        )

    return [
        alarm("events-dropped", "AsyncEventsDropped", f"Lambda has dropped log entries for {name}."),
        alarm(
            "destination-failed",
            "DestinationDeliveryFailures",
            f"Lambda could not put what {name} failed to record on its queue.",
        ),
    ]


def topics_alarm(used_percent: Metric) -> Alarm:
    """Watch the quota of filter policies, which ends at 200 a topic."""
    return Alarm(
        name="topics-nearly-full",
        section="topics-nearly-full",
        why=f"The topics have {_USED_PERCENT} % of the webhooks that their quota allows.",
        watches=used_percent,
        threshold=_USED_PERCENT,
        period_seconds=_HOUR,
    )
