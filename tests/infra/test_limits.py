"""AWS's limits, at the most topics that the settings allow and with the longest names."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from infra.settings.webhooks import WebhookSettings
from local.deployer.inputs import plain
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


def test_no_functions_environment_is_too_large(most: Graph) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    for each in most.of_type("aws:lambda/function:Function"):
        variables = plain(each.inputs["environment"])["variables"]
        assert len(json.dumps(variables, separators=(",", ":"))) <= 4_096, each.name


def test_no_functions_policy_is_too_large(most: Graph) -> None:
    # A permission becomes a statement. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    sizes: Counter[str] = Counter()
    for each in most.of_type("aws:lambda/permission:Permission"):
        sizes[each.inputs["function"]] += len(json.dumps(dict(each.inputs))) + 500
    assert max(sizes.values()) <= 20 * 1024


def test_no_queues_policy_is_too_large(most: Graph) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    for each in most.of_type("aws:sqs/queuePolicy:QueuePolicy"):
        statements = each.document("policy")["Statement"]
        conditions = [key for of in statements for keys in of.get("Condition", {}).values() for key in keys]
        assert len(each.inputs["policy"]) <= 8_192, each.name
        assert len(statements) <= 20
        assert len(conditions) <= 10


@pytest.mark.parametrize(
    ("type_", "most_bytes"),
    [
        # https://docs.aws.amazon.com/general/latest/gr/sns.html
        ("aws:sns/topicPolicy:TopicPolicy", 30 * 1024),
        # https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
        ("aws:kms/key:Key", 32 * 1024),
    ],
)
def test_no_other_resources_policy_is_too_large(type_: str, most_bytes: int, most: Graph) -> None:
    sizes = [len(each.inputs["policy"]) for each in most.of_type(type_)]
    assert 0 < max(sizes) <= most_bytes


def test_no_log_group_has_too_many_subscription_filters(most: Graph) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    filters = most.of_type("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter")
    assert max(Counter(each.inputs["logGroup"] for each in filters).values()) <= 2
