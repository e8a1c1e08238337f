"""One structured log line an invocation, whatever its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext


@contextmanager
def observe(function: str, context: LambdaContext, **ids: str | None) -> Iterator[dict[str, Any]]:
    """Log one line when the block ends, with the IDs, the time it took and what the block adds to the line.

    `ids` are request_id, message_id and client_id, as far as the function knows them. An error is logged
    with its traceback and raised on.
    """
    line: dict[str, Any] = {"request_id": None, "message_id": None, "client_id": None, **ids}
    line["function_request_id"] = context.aws_request_id
    started = time.perf_counter()
    try:
        yield line
    except Exception:
        _logger().exception(function, **line, outcome="error", duration_ms=_milliseconds_since(started))
        raise
    line.setdefault("outcome", "done")
    level = "error" if line["outcome"] == "error" else "info"
    getattr(_logger(), level)(function, **line, duration_ms=_milliseconds_since(started))


def count(metric: str, **dimensions: str) -> None:
    """Count one in a metric: it goes into the log, where CloudWatch finds it.

    The namespace comes from POWERTOOLS_METRICS_NAMESPACE, and POWERTOOLS_SERVICE_NAME is a dimension too.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
    """
    with single_metric(name=metric, unit=MetricUnit.Count, value=1) as counted:
        for name, value in dimensions.items():
            counted.add_dimension(name=name, value=value)


def seconds_left(context: LambdaContext) -> Callable[[], float]:
    """Return what tells how long the invocation may still run."""
    return lambda: context.get_remaining_time_in_millis() / 1000


@lru_cache(maxsize=1)
def _logger() -> Logger:
    # Level and service name come from POWERTOOLS_LOG_LEVEL and POWERTOOLS_SERVICE_NAME. Made at the first
    # line and not at import, so that importing a handler reads nothing.
    return Logger(
        log_record_order=["level", "message", "request_id", "message_id", "client_id"],
        utc=True,
        # Every line is written here: the place would say nothing.
        location=None,
    )


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
