"""CloudWatch's judgement of an alarm, for data that a test makes up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

# A metric's name and, period by period, the values that were reported in it; the last period is now.
Reported = Mapping[str, Sequence[Sequence[float]]]

_STATISTICS = {"Sum": math.fsum, "Maximum": max}


def state(alarm: Mapping[str, Any], reported: Reported) -> str:
    """Return OK or ALARM, by the inputs of an alarm and what was reported of the metrics that it watches.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    kind = (alarm["comparisonOperator"], alarm["treatMissingData"])
    is_below = {
        ("GreaterThanOrEqualToThreshold", "notBreaching"): False,
        ("LessThanThreshold", "breaching"): True,
    }[kind]
    count = int(alarm["evaluationPeriods"])
    values = [_value(alarm, reported, age) for age in range(count)]
    if is_below:
        breaching = [value is None or value < alarm["threshold"] for value in values]
    else:
        breaching = [value is not None and value >= alarm["threshold"] for value in values]
    return "ALARM" if all(breaching) else "OK"


def _value(alarm: Mapping[str, Any], reported: Reported, age: int) -> float | None:
    """The watched number of the period that was `age` periods ago."""
    if "metricQueries" not in alarm:
        return _statistic(reported, alarm["metricName"], alarm["statistic"], age)
    numbers: dict[str, float] = {}
    for query in alarm["metricQueries"]:
        if "metric" in query:
            metric = query["metric"]
            value = _statistic(reported, metric["metricName"], metric["stat"], age)
            if value is None:
                return None
            numbers[query["id"]] = value
    (result,) = [each for each in alarm["metricQueries"] if each.get("returnData")]
    # Metric math as far as we use it reads as Python does; both branches of an IF are worked out, as here.
    return float(eval(result["expression"], {"IF": lambda test, yes, no: yes if test else no, **numbers}))


def _statistic(reported: Reported, metric: str, statistic: str, age: int) -> float | None:
    periods = reported.get(metric, ())
    values = periods[-1 - age] if age < len(periods) else ()
    return _STATISTICS[statistic](values) if values else None
