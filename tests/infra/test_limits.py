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
