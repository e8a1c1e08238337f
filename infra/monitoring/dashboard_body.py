"""What the dashboard shows, as CloudWatch's JSON wants it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.domain.order import FINAL_STATUSES
from infra.metrics import SERVICE

# Names, ARNs and IDs may be outputs.
Value = Any
Line = list[Any]

_COLUMNS = 3
_WIDTH = 24 // _COLUMNS
_HEIGHT = 6
_PERIOD_SECONDS = 60
_BY_SERVICE = ["service", SERVICE]
_ALARMS_HEIGHT = 4
# CloudWatch's most, by the page above; each topic has four alarms.
_ALARMS_A_WIDGET = 100


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What there is to show; the mappings go from the names that people know to AWS's own."""

    region: Value
    api_id: Value
    accept_order_name: Value
    queues: Mapping[str, Value]
    dead_letter_queues: Mapping[str, Value]
    workflows: Mapping[str, Value]
    alarm_arns: Sequence[Value]
    own_namespace: str
    """Of the metrics that the stack makes itself."""


def build_dashboard(watched: Watched) -> dict[str, Any]:
    """Return the dashboard's body: the alarms, and below them three charts a row."""
    alarms = [
        _alarms(row, watched.alarm_arns[first : first + _ALARMS_A_WIDGET])
        for row, first in enumerate(range(0, len(watched.alarm_arns), _ALARMS_A_WIDGET))
    ]
    top = len(alarms) * _ALARMS_HEIGHT
    charts = {
        "Orders by outcome": _outcomes(watched),
        "Requests": _requests(watched),
        "Accept latency (ms)": _latency(watched),
        "Oldest message (s)": _on_queues(watched.queues, "ApproximateAgeOfOldestMessage"),
        "Executions": _executions(watched),
        "Dead letters": _on_queues(watched.dead_letter_queues, "ApproximateNumberOfMessagesVisible"),
        "Deliveries": _deliveries(watched),
    }
    placed = [
        _chart(watched, index, top, title, lines) for index, (title, lines) in enumerate(charts.items())
    ]
    return {"widgets": [*alarms, *placed]}


def _alarms(row: int, arns: Sequence[Value]) -> dict[str, Any]:
    return {
        "type": "alarm",
        "x": 0,
        "y": row * _ALARMS_HEIGHT,
        "width": 24,
        "height": _ALARMS_HEIGHT,
        "properties": {"title": "Alarms", "alarms": list(arns)},
    }


def _chart(watched: Watched, index: int, top: int, title: str, lines: Sequence[Line]) -> dict[str, Any]:
    row, column = divmod(index, _COLUMNS)
    return {
        "type": "metric",
        "x": column * _WIDTH,
        "y": top + row * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": {
            "title": title,
            "region": watched.region,
            "period": _PERIOD_SECONDS,
            "metrics": list(lines),
        },
    }


def _outcomes(watched: Watched) -> list[Line]:
    accepted = [watched.own_namespace, "OrdersAccepted", *_BY_SERVICE, {"stat": "Sum", "label": "accepted"}]
    settled = [watched.own_namespace, "OrdersSettled", *_BY_SERVICE, "outcome"]
    return [accepted, *([*settled, each, {"stat": "Sum", "label": each}] for each in FINAL_STATUSES)]


def _requests(watched: Watched) -> list[Line]:
    labels = {"Count": "all", "4xx": "4xx", "5xx": "5xx"}
    return [
        ["AWS/ApiGateway", metric, "ApiId", watched.api_id, {"stat": "Sum", "label": label}]
        for metric, label in labels.items()
    ]


def _latency(watched: Watched) -> list[Line]:
    function = ["AWS/Lambda", "Duration", "FunctionName", watched.accept_order_name]
    api = ["AWS/ApiGateway", "Latency", "ApiId", watched.api_id, {"stat": "p99", "label": "API, p99"}]
    return [*([*function, {"stat": stat, "label": f"accept_order, {stat}"}] for stat in ("p50", "p99")), api]


def _on_queues(queues: Mapping[str, Value], metric: str) -> list[Line]:
    return [
        ["AWS/SQS", metric, "QueueName", queue, {"stat": "Maximum", "label": name}]
        for name, queue in queues.items()
    ]


def _executions(watched: Watched) -> list[Line]:
    labels = {
        "ExecutionsStarted": "started",
        "ExecutionsSucceeded": "succeeded",
        "ExecutionsFailed": "failed",
        "ExecutionsTimedOut": "timed out",
        "ExecutionThrottled": "throttled",
    }
    return [
        ["AWS/States", metric, "StateMachineArn", arn, {"stat": "Sum", "label": f"{name}: {label}"}]
        for name, arn in watched.workflows.items()
        for metric, label in labels.items()
    ]


def _deliveries(watched: Watched) -> list[Line]:
    labels = {"DeliveriesSucceeded": "delivered", "DeliveriesDead": "given up"}
    search = (
        f"SEARCH('{{{watched.own_namespace},service,status_class,trigger}} "
        "MetricName=\"DeliveryAttempts\"', 'Sum')"
    )
    return [
        *(
            [watched.own_namespace, metric, *_BY_SERVICE, {"stat": "Sum", "label": label}]
            for metric, label in labels.items()
        ),
        [{"expression": search, "label": "attempts: ${PROP('Dim.status_class')}"}],
    ]
