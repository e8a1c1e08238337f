"""The metrics, the alarms on them and where alarms are sent, from the program graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tools.docs_generator.flowchart import Chart, Edge, Node
from tools.program_graph import Graph, Resource

# What reports a metric, by its namespace; anything else is a custom metric.
_SUBJECTS = {
    "AWS/ApiGateway": "the API",
    "AWS/Lambda": "{} functions",
    "AWS/Logs": "{} log subscriptions",
    "AWS/SQS": "{} queues",
    "AWS/States": "{} workflow",
}
_OWN = "custom metrics"
_LONGEST_NAME = 24


def monitoring_chart(graph: Graph) -> Chart:
    """Return which metrics raise alarms, and where the alarms are sent."""
    alarms = graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    metrics: dict[str, set[str]] = {}
    subjects: dict[str, set[str]] = {}
    for alarm in alarms:
        for namespace, name, dimensions in metrics_of(alarm):
            subject = namespace if namespace in _SUBJECTS else _OWN
            metrics.setdefault(subject, set()).add(name)
            subjects.setdefault(subject, set()).add(str(sorted(dimensions.items())))
    nodes = [
        Node(
            subject, "<br/>".join([_name(subject, subjects), *map(_broken, sorted(metrics[subject]))]), "box"
        )
        for subject in sorted(metrics)
    ]
    edges = [Edge(subject, "alarms") for subject in sorted(metrics)]
    emails = [
        each
        for each in graph.of_type("aws:sns/topicSubscription:TopicSubscription")
        if each.inputs["protocol"] == "email"
    ]
    ops = graph.named("aws:sns/topic:Topic", "ops")
    return Chart(
        [
            *nodes,
            Node("alarms", f"{len(alarms)} alarms", "workflow"),
            Node("ops", ops.name, "topic"),
            Node("on call", "on call", "outside"),
        ],
        [*edges, Edge("alarms", "ops"), *(Edge("ops", "on call", "email") for _ in emails)],
    )


def _broken(metric: str) -> str:
    """Return a metric's name in two lines where it is long: Mermaid breaks lines at spaces only."""
    if len(metric) <= _LONGEST_NAME:
        return metric
    words = re.findall("[A-Z][a-z0-9]*|[a-z0-9]+", metric)
    half = (len(words) + 1) // 2
    return f"{''.join(words[:half])}<br/>{''.join(words[half:])}"


def _name(subject: str, subjects: dict[str, set[str]]) -> str:
    return _SUBJECTS.get(subject, _OWN).format(len(subjects[subject]))


def metrics_of(alarm: Resource) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the namespace, the name and the dimensions of each metric of an alarm."""
    if "metricName" in alarm.inputs:
        yield alarm.inputs["namespace"], alarm.inputs["metricName"], alarm.inputs["dimensions"]
    for query in alarm.inputs.get("metricQueries", []):
        metric = query.get("metric")
        if metric:
            yield metric["namespace"], metric["metricName"], metric["dimensions"]
