"""The chart of the system is the program's own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tools.docs_generator.actions import UnknownActionError, word_for
from tools.docs_generator.flowchart import Chart, Edge, Node, draw
from tools.docs_generator.system import (
    API_KEY,
    CLIENT,
    FUNCTION,
    QUEUE,
    SCHEDULE,
    SECRET,
    TABLE,
    TOPIC,
    WEBHOOK,
    WORKFLOW,
    chart_of,
    order_charts,
)
from tools.program_graph import Graph


def test_every_function_queue_table_topic_and_workflow_is_in_a_picture(shown: Graph) -> None:
    chart = chart_of(shown)
    drawn = {node.key for part in order_charts(chart).values() for node in part.nodes}
    # The alarm topic has a diagram of its own.
    assert {node.key for node in chart.nodes} - drawn == {"topic ops", "on call"}


def test_every_arrow_is_in_a_picture(shown: Graph) -> None:
    chart = chart_of(shown)
    drawn = {(edge.source, edge.target) for part in order_charts(chart).values() for edge in part.edges}
    # The API's routes are in its functions, not on arrows; the alarm topic has a diagram of its own.
    routes = {(edge.source, edge.target) for edge in chart.edges if edge.source == API_KEY}
    assert {(edge.source, edge.target) for edge in chart.edges} - drawn - routes == {("topic ops", "on call")}
    parts = order_charts(chart)
    shown_routes = {
        label
        for part in ("order-requests", "webhook-requests")
        for node in parts[part].nodes
        for label in node.label.split("<br/>")
    }
    assert {edge.label for edge in chart.edges if edge.source == API_KEY} - shown_routes == {"POST /orders"}


def test_the_way_of_an_order_is_the_one_that_was_designed(shown: Graph) -> None:
    edges = {(edge.source, edge.target) for edge in chart_of(shown).edges}
    way = [
        CLIENT,
        API_KEY,
        "function accept-order",
        "queue orders",
        "function start-execution",
        "statemachine order",
        "function inform-client",
        "topic order-events",
        "queue undelivered",
        "function record-deliveries",
        "table store-deliveries",
    ]
    again = [SCHEDULE, "function redeliver", "topic order-events", WEBHOOK]
    assert {*pairwise(way), *pairwise(again)} <= edges
    assert ("topic order-events", "function record-deliveries") in edges


def test_every_permission_is_an_arrow(shown: Graph) -> None:
    """A permission on a drawn resource is drawn as an arrow."""
    charted = {(edge.source, edge.target) for edge in chart_of(shown).edges}
    names = {
        each.arn: each for type_ in (QUEUE, SECRET, TABLE, TOPIC, WORKFLOW) for each in shown.of_type(type_)
    }
    for function in shown.of_type(FUNCTION):
        policy = next(
            each
            for each in shown.of_type("aws:iam/rolePolicy:RolePolicy")
            if each.inputs["role"].startswith(f"{function.name}-") and each.name == function.name
        )
        for action, arn in pairs(policy.document("policy")):
            target = names.get(arn)
            if target is None or word_for(action) is None:
                continue
            key = f"{target.type.rpartition(':')[2]} {target.name}".lower()
            assert (f"function {function.name}", key) in charted, (function.name, action)


def pairs(policy: Any) -> Iterator[tuple[str, str]]:
    for statement in policy["Statement"]:
        for action in statement["Action"]:
            for arn in statement["Resource"]:
                yield action, arn


def test_an_action_without_a_verb_is_refused() -> None:
    with pytest.raises(UnknownActionError, match="no verb for sqs:PurgeQueue"):
        word_for("sqs:PurgeQueue")


def test_a_chart_is_drawn_with_frames_around_what_belongs_together() -> None:
    nodes = [
        Node("a", 'an "a"', "box"),
        Node("q 1", "one", "queue", "both"),
        Node("q 2", "two", "queue", "both"),
    ]
    edges = [Edge("a", "q 1", "sends"), Edge("q 1", "q 2", failing=True)]
    assert draw(Chart(nodes, edges)).splitlines() == [
        "```mermaid",
        '%%{init: {"flowchart": {"nodeSpacing": 35, "rankSpacing": 45}}}%%',
        "flowchart LR",
        '    n_a["an #quot;a#quot;"]',
        '    subgraph n_group_both ["both"]',
        '        n_q_1[["one"]]',
        '        n_q_2[["two"]]',
        "    end",
        '    n_a -->|"sends"| n_q_1',
        "    n_q_1 -.-> n_q_2",
        "```",
    ]
