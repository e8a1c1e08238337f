"""The dashboard shows what there is, by the names it has in AWS."""

from __future__ import annotations

import itertools
import json
from typing import Any, get_args

import pytest

from functions.domain.order import OrderStatus
from functions.runtime.metrics import count
from tests.support.aws_metrics import REPORTED_BY_AWS
from tests.support.pulumi_graph import Graph
from tests.support.variations import VARIATIONS

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def body(graph: Graph) -> dict[str, Any]:
    (dashboard,) = graph.of_type("aws:cloudwatch/dashboard:Dashboard")
    return dashboard.document("dashboardBody")


def lines(graph: Graph) -> dict[str, list[list[Any]]]:
    charts = [each["properties"] for each in body(graph)["widgets"] if each["type"] == "metric"]
    # A search for metrics has no namespace and no name.
    return {each["title"]: [line for line in each["metrics"] if len(line) > 1] for each in charts}


def names_of(graph: Graph) -> set[str]:
    """Every name, ARN and ID that a metric's dimension may have."""
    types = ("lambda/function:Function", "sqs/queue:Queue", "sns/topic:Topic")
    names = {each.outputs["name"] for type_ in types for each in graph.of_type(f"aws:{type_}")}
    machines = {each.arn for each in graph.of_type("aws:sfn/stateMachine:StateMachine")}
    return names | machines | {"a1b2c3d4e5"}


def test_every_line_is_a_metric_of_something_in_the_stack(graph: Graph, express_graph: Graph) -> None:
    for each in (graph, express_graph):
        for namespace, name, *rest in itertools.chain(*lines(each).values()):
            if namespace in REPORTED_BY_AWS:
                names, dimensions = REPORTED_BY_AWS[namespace]
                dimension, value, options = rest
                assert (name in names, {dimension}) == (True, dimensions)
                assert value in names_of(each)
                assert options["label"]
            else:
                assert namespace == "order-webhooks/test"


def test_it_shows_every_queue_and_every_workflow(graph: Graph, express_graph: Graph) -> None:
    for each in (graph, express_graph):
        shown = {line[3] for line in itertools.chain(*lines(each).values()) if len(line) > 4}
        assert {queue.outputs["name"] for queue in each.of_type("aws:sqs/queue:Queue")} <= shown
        assert {machine.arn for machine in each.of_type("aws:sfn/stateMachine:StateMachine")} <= shown


def test_it_has_a_chart_for_each_question(graph: Graph) -> None:
    assert list(lines(graph)) == [
        "Orders by outcome",
        "Requests",
        "Accept latency (ms)",
        "Oldest message (s)",
        "Executions",
        "Dead letters",
        "Deliveries",
    ]


def test_it_shows_every_outcome_that_an_order_can_have(graph: Graph) -> None:
    shown = {line[5] for line in lines(graph)["Orders by outcome"] if "outcome" in line}
    assert shown == set(get_args(OrderStatus)) - {"pending"}


@pytest.fixture(params=["one topic", "fifty topics"])
def either(request: pytest.FixtureRequest, graph: Graph) -> Graph:
    return graph if request.param == "one topic" else VARIATIONS["most"].record()


@pytest.mark.variation
def test_it_shows_the_state_of_every_alarm(either: Graph) -> None:
    shown = [
        arn
        for each in body(either)["widgets"]
        if each["type"] == "alarm"
        for arn in each["properties"]["alarms"]
    ]
    assert sorted(shown) == sorted(each.arn for each in either.of_type(ALARM))


@pytest.mark.variation
def test_no_two_charts_cover_each_other(either: Graph) -> None:
    covered: set[tuple[int, int]] = set()
    for each in body(either)["widgets"]:
        columns = range(each["x"], each["x"] + each["width"])
        rows = range(each["y"], each["y"] + each["height"])
        place = set(itertools.product(columns, rows))
        assert not place & covered
        assert max(columns) < 24
        covered |= place


def test_its_address_is_an_output(graph: Graph) -> None:
    (dashboard,) = graph.of_type("aws:cloudwatch/dashboard:Dashboard")
    name = dashboard.inputs["dashboardName"]
    assert name == "order-webhooks-test-a1b2c3d4e5"
    assert graph.outputs["dashboard_url"] == (
        f"https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/{name}"
    )


def test_it_shows_the_metrics_that_the_functions_make(
    graph: Graph,
    cloud: Any,
    context: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = graph.named("aws:lambda/function:Function", "update-order").inputs["environment"]["variables"]
    for name in ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.setenv(name, given[name])
    count("OrdersAccepted")
    count("OrdersSettled", outcome="paid")
    made = []
    for line in map(json.loads, capsys.readouterr().out.splitlines()):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (metric,), (dimensions,) = directive["Metrics"], directive["Dimensions"]
        made.append((directive["Namespace"], metric["Name"], {name: line[name] for name in dimensions}))
    shown = [
        (line[0], line[1], dict(zip(line[2:-1:2], line[3:-1:2], strict=True)))
        for line in lines(graph)["Orders by outcome"]
    ]
    assert all(each in shown for each in made)
    assert [name for _, name, _ in made] == ["OrdersAccepted", "OrdersSettled"]
