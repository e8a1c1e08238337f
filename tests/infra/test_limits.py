"""AWS's limits, at the most topics that the settings allow and with the longest names."""

from __future__ import annotations

import pytest

from infra.settings.webhooks import WebhookSettings
from tests.support.pulumi_graph import Graph
from tests.support.variations import VARIATIONS

pytestmark = pytest.mark.variation


@pytest.fixture(scope="module")
def most() -> Graph:
    return VARIATIONS["most"].record()


def test_the_variation_has_as_many_topics_as_the_settings_allow(most: Graph) -> None:
    WebhookSettings(topics=len(most.of_type("aws:sns/topic:Topic")) - 1)  # one is the alarms'
    with pytest.raises(ValueError, match="topics"):
        WebhookSettings(topics=len(most.of_type("aws:sns/topic:Topic")))


def test_no_role_has_more_inline_policy_than_iam_takes(most: Graph, full_graph: Graph) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    for graph in (most, full_graph):
        for each in graph.of_type("aws:iam/rolePolicy:RolePolicy"):
            assert len("".join(each.inputs["policy"].split())) <= 10_240, each.name


def test_the_dashboard_fits(most: Graph) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    (dashboard,) = most.of_type("aws:cloudwatch/dashboard:Dashboard")
    widgets = dashboard.document("dashboardBody")["widgets"]
    assert len(widgets) <= 500
    for each in widgets:
        if each["type"] == "alarm":
            assert 1 <= len(each["properties"]["alarms"]) <= 100
    metrics = [len(each["properties"].get("metrics", [])) for each in widgets]
    assert max(metrics) <= 500
    assert sum(metrics) <= 2_500
