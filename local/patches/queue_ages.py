"""How long the oldest message has been on its queue, which on AWS only CloudWatch knows."""

from __future__ import annotations

import time
from typing import Any

from ministack.services import cloudwatch, sqs

from local.emulated_clock import read_clock
from local.patches.patch import Patch

_NAMESPACE, _METRIC = "AWS/SQS", "ApproximateAgeOfOldestMessage"
# SQS reports once a minute: what is asked for until now has the last minute's value.
_DELAY_SECONDS = 1

_get_metric_data = cloudwatch._get_metric_data


def get_metric_data(params: Any, cbor_data: Any, *formats: Any, **format_names: Any) -> Any:  # noqa: ANN401
    """Answer with the queues' ages beside what was recorded."""
    for queue in list(sqs._queues.values()):
        _record(queue["name"], oldest_seconds(queue))
    return _get_metric_data(params, cbor_data, *formats, **format_names)


def oldest_seconds(queue: dict[str, Any]) -> float:
    """Return the age of a queue's oldest message on the emulator's clock, 0 where it is empty."""
    clock = read_clock()
    now = time.time()
    sent = [float(each["sent_at"]) for each in list(queue["messages"]) if "sent_at" in each]
    return max((clock.at(now) - clock.at(each) for each in sent), default=0.0)


def _record(name: str, seconds: float) -> None:
    dimensions = {"QueueName": name}
    point = {
        "Timestamp": time.time() - _DELAY_SECONDS,
        "Value": seconds,
        "Unit": "Seconds",
        "Dimensions": dimensions,
    }
    # Only the latest: nothing here draws a curve of them.
    cloudwatch._metric_bucket((_NAMESPACE, _METRIC, cloudwatch._dims_key(dimensions)))[:] = [point]


PATCHES = (
    Patch(
        fault="No queue has a metric, so nothing says how long its oldest message has waited.",
        module="ministack.services.cloudwatch",
        attribute="_get_metric_data",
        source_sha256="bf6a8e1132a2230cb4f52d9e180016cf6a281ceb2283eb37ec66a45c87707fc0",
        replacement=get_metric_data,
    ),
)
