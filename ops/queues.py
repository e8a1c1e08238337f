"""How many messages the stack's queues hold, without receiving one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from functions.domain.instant import now
from ops.target import Target

# By their names in the outputs.
QUEUES = {
    "orders": "orders_queue_url",
    "orders-dead-letters": "orders_dead_letters_url",
    "undelivered": "undelivered_queue_url",
    "undelivered-unreadable": "undelivered_unreadable_queue_url",
    "record-deliveries-failed": "record_deliveries_failed_queue_url",
    "record-deliveries-unreadable": "record_deliveries_unreadable_queue_url",
}
_DEPTHS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
# SQS reports each metric once a minute, somewhat late.
_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """A queue's messages: ready to be received, and hidden for now. SQS counts approximately."""

    queue: str
    ready: int
    hidden: int
    oldest_seconds: float | None = None
    """The age of the oldest, where CloudWatch has it."""

    @property
    def total(self) -> int:
        """All messages on the queue."""
        return self.ready + self.hidden


def depth_of(target: Target, queue: str) -> Depth:
    """Return how many messages a queue holds."""
    attributes = target.client("sqs").get_queue_attributes(
        QueueUrl=target.output(QUEUES[queue]), AttributeNames=list(_DEPTHS)
    )["Attributes"]
    ready, hidden, delayed = (int(attributes.get(name, 0)) for name in _DEPTHS)
    return Depth(queue=queue, ready=ready, hidden=hidden + delayed)


def depths_with_ages(target: Target, queues: Iterable[str] = QUEUES) -> list[Depth]:
    """Return the depths of queues with the ages of their oldest messages."""
    ages = _ages(target)
    found = [depth_of(target, queue) for queue in queues]
    return [replace(each, oldest_seconds=ages.get(each.queue) if each.total else None) for each in found]


def arn_of(target: Target, queue: str) -> str:
    """Return a queue's ARN."""
    answer = target.client("sqs").get_queue_attributes(
        QueueUrl=target.output(QUEUES[queue]), AttributeNames=["QueueArn"]
    )
    return str(answer["Attributes"]["QueueArn"])


def _ages(target: Target) -> dict[str, float]:
    """Ask CloudWatch, which alone knows: receiving a message to see its age would count as a receipt."""
    until = now()
    try:
        results = target.client("cloudwatch").get_metric_data(
            MetricDataQueries=[_query(target, place, queue) for place, queue in enumerate(QUEUES)],
            StartTime=until - _WINDOW,
            EndTime=until,
            ScanBy="TimestampDescending",
        )["MetricDataResults"]
    except ClientError:
        # Without access to metrics, the rest is still shown.
        return {}
    names = list(QUEUES)
    return {names[int(each["Id"][1:])]: each["Values"][0] for each in results if each.get("Values")}


def _query(target: Target, place: int, queue: str) -> dict[str, Any]:
    name = str(target.output(QUEUES[queue])).rpartition("/")[2]
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": name}],
    }
    return {"Id": f"q{place}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
