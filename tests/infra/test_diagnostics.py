"""The diagnostic route: only where the settings ask for it, public, and with a secret in its path."""

from __future__ import annotations

import json
import re

from local.deployer.inputs import plain
from tests.support.policies import allowed
from tests.support.pulumi_graph import Graph

FUNCTION = "aws:lambda/function:Function"
ROUTE = "aws:apigatewayv2/route:Route"
KEY = "POST /diagnostics/{token}/{status}"


def token_of(graph: Graph) -> str:
    """The token in the function's environment, which Pulumi keeps secret."""
    environment = plain(graph.named(FUNCTION, "diagnostics").inputs["environment"])
    return str(environment["variables"]["TOKEN"])


def test_without_the_setting_there_is_neither_route_nor_function_nor_output(graph: Graph) -> None:
    assert "diagnostics_url" not in graph.outputs
    texts = [json.dumps(dict(each.inputs), default=str) for each in graph.resources]
    assert not [text for text in texts if "diagnostics" in text]


def test_with_it_the_route_is_open_to_sns(full_graph: Graph) -> None:
    (route,) = [each for each in full_graph.of_type(ROUTE) if each.inputs["routeKey"] == KEY]
    assert "authorizationType" not in route.inputs


def test_the_token_in_the_address_cannot_be_guessed_and_does_not_change(full_graph: Graph) -> None:
    token = token_of(full_graph)
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert full_graph.outputs["diagnostics_url"].endswith(f"/diagnostics/{token}")
    # The ID that AWS gave the role is not shown.
    role = full_graph.named("aws:iam/role:Role", "accept-order").outputs["uniqueId"]
    assert role not in json.dumps(full_graph.outputs)


def test_the_function_may_confirm_subscriptions_to_the_topic_and_nothing_else(full_graph: Graph) -> None:
    granted = allowed(full_graph, "diagnostics")
    topic = full_graph.named("aws:sns/topic:Topic", "order-events")
    assert granted["sns:ConfirmSubscription"] == {topic.arn}
    services = {action.partition(":")[0] for action in granted}
    assert services <= {"sns", "logs", "xray", "kms"}
