"""Names: nothing in them is taken, wherever and however often the program is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.naming import ACCESS_LOG, autonamed, log_group_patterns, workflow_log
from tests.support.pulumi_graph import Graph
from tests.support.variations import VARIATIONS

pytestmark = pytest.mark.variation

# Service principals are the same in every partition, but for that of CloudWatch Logs:
# https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/region-info/lib/default.ts
PRINCIPALS = {
    f"{service}.amazonaws.com"
    for service in ("apigateway", "cloudwatch", "delivery.logs", "lambda", "scheduler", "sns", "states")
}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@pytest.fixture(scope="module")
def china() -> Graph:
    return VARIATIONS["China"].record()


def test_in_china_everything_is_named_as_in_china(china: Graph) -> None:
    found = [
        (each.type, each.name, text)
        for each in china.resources
        for text in (*texts(each.inputs), *texts(each.outputs))
        if "arn:aws:" in text or foreign_hosts(text)
    ]
    assert found == []
    assert [text for text in texts(china.outputs) if "arn:aws:" in text or foreign_hosts(text)] == []


def foreign_hosts(text: str) -> set[str]:
    hosts = set(re.findall(r"[A-Za-z0-9.*-]*\.amazonaws\.com(?!\.cn)", text))
    return {host for host in hosts if host not in PRINCIPALS} | set(
        re.findall(r"[A-Za-z0-9.-]*\.aws\.amazon\.com", text)
    )


def test_a_foreign_host_would_be_found() -> None:
    text = (
        '{"Service": "sns.amazonaws.com", "a": "sqs.*.amazonaws.com", "b": "sqs.cn-north-1.amazonaws.com.cn"}'
    )
    assert foreign_hosts(text) == {"sqs.*.amazonaws.com"}
    assert foreign_hosts("https://console.aws.amazon.com/x") == {"console.aws.amazon.com"}


def test_the_parts_that_differ_in_china(china: Graph) -> None:
    definition = china.named("aws:sfn/stateMachine:StateMachine", "order").document("definition")
    resources = {state["Resource"] for state in definition["States"].values() if "Resource" in state}
    assert resources == {
        "arn:aws-cn:states:::lambda:invoke",
        "arn:aws-cn:states:::sqs:sendMessage",
        "arn:aws-cn:states:::states:startExecution",
    }
    key = china.named("aws:kms/key:Key", "key").inputs["policy"]
    assert '"logs.cn-north-1.amazonaws.com.cn"' in key
    role = china.named("aws:iam/rolePolicy:RolePolicy", "save-order").inputs["policy"]
    assert '"dynamodb.*.amazonaws.com.cn"' in role
    assert china.outputs["dashboard_url"].startswith(
        "https://console.amazonaws.cn/cloudwatch/home?region=cn-"
    )


def test_two_states_may_deploy_the_same_stack_to_one_account(full_graph: Graph) -> None:
    """Every name ends in something of its own: Pulumi's characters, or the API's ID."""
    fixed = {
        (each.type, each.name)
        for each in full_graph.resources
        for key in ("name", "dashboardName")
        if isinstance(each.inputs.get(key), str) and "a1b2c3d4e5" not in each.inputs[key]
    }
    of_one_api = {"aws:apigatewayv2/authorizer:Authorizer", "aws:apigatewayv2/stage:Stage"}
    assert {each for each in fixed if each[0] not in of_one_api} == {
        # An alias can be taken over, and a record is of the domain that the settings name.
        ("aws:kms/alias:Alias", "key"),
        ("aws:route53/record:Record", "api"),
        # SNS names its log groups after the topic, whose name is Pulumi's.
        ("aws:cloudwatch/logGroup:LogGroup", "delivery-log-failures"),
        ("aws:cloudwatch/logGroup:LogGroup", "delivery-log-successes"),
    }


def test_vended_logs_have_the_prefix_that_keeps_resource_policies_small(full_graph: Graph) -> None:
    vended = {ACCESS_LOG, workflow_log("order"), workflow_log("release")}
    assert all(each.startswith("/aws/vendedlogs/") for each in vended)
    groups = {each.name for each in full_graph.of_type("aws:cloudwatch/logGroup:LogGroup")}
    assert vended <= groups
    assert {autonamed(each) for each in vended} <= set(log_group_patterns())


def test_a_subscriber_with_another_content_type_is_subscribed_anew(chosen_graph: Graph) -> None:
    """The provider compares delivery policies without the content type, and would change nothing."""
    type_ = "aws:sns/topicSubscription:TopicSubscription"
    triggers = {name: value for (of, name), value in chosen_graph.triggers.items() if of == type_}
    assert len({triggers["plain"], triggers["json"], triggers["text"]}) == 3
    assert triggers["json-slowly"] == triggers["json"]


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_lambda_lets_through_what_the_functions_log(level: str, graph: Graph, chosen_graph: Graph) -> None:
    recorded = {"DEBUG": chosen_graph, "INFO": graph}[level]
    for each in recorded.of_type("aws:lambda/function:Function"):
        assert each.inputs["loggingConfig"]["applicationLogLevel"] == level
        assert each.inputs["environment"]["variables"]["POWERTOOLS_LOG_LEVEL"] == level
