"""The stack's own key: what is encrypted with it, and who may use it for what."""

from __future__ import annotations

import fnmatch
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import parliament
import pytest

from infra.iam import allow
from infra.key_use import key_statements
from tests.support.policies import as_list
from tests.support.pulumi_graph import Graph, Resource, record_main
from tests.support.variations import EVERYTHING, STRIPE_KEY

KEY = "aws:kms/key:Key"

# Where each type names its key, or why it has none.
KEY_OF: dict[str, Callable[[Resource], Any]] = {
    "aws:cloudwatch/logGroup:LogGroup": lambda each: each.inputs.get("kmsKeyId"),
    "aws:dynamodb/table:Table": lambda each: each.inputs["serverSideEncryption"].get("kmsKeyArn"),
    "aws:lambda/function:Function": lambda each: each.inputs.get("kmsKeyArn"),
    "aws:secretsmanager/secret:Secret": lambda each: each.inputs.get("kmsKeyId"),
    "aws:sfn/stateMachine:StateMachine": lambda each: each.inputs["encryptionConfiguration"]["kmsKeyId"],
    "aws:sns/topic:Topic": lambda each: each.inputs.get("kmsMasterKeyId"),
    "aws:sqs/queue:Queue": lambda each: each.inputs.get("kmsMasterKeyId"),
}
KEEPS_NOTHING_TO_ENCRYPT = {
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/apiMapping:ApiMapping",
    "aws:apigatewayv2/authorizer:Authorizer",
    "aws:apigatewayv2/domainName:DomainName",
    "aws:apigatewayv2/integration:Integration",
    "aws:apigatewayv2/route:Route",
    "aws:apigatewayv2/stage:Stage",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:dynamodb/tableItem:TableItem",  # its table's
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:kms/alias:Alias",
    KEY,
    "aws:lambda/eventSourceMapping:EventSourceMapping",  # no filter
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/layerVersion:LayerVersion",  # public packages
    "aws:lambda/permission:Permission",
    "aws:route53/record:Record",
    "aws:scheduler/schedule:Schedule",  # no input
    "aws:secretsmanager/secretVersion:SecretVersion",  # its secret's
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}


def key_of(graph: Graph) -> Resource:
    (key,) = graph.of_type(KEY)
    return key


def key_statements_of(graph: Graph) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each role's statements about the key."""
    for policy in graph.of_type("aws:iam/rolePolicy:RolePolicy"):
        for statement in policy.document("policy")["Statement"]:
            if any(action.startswith("kms:") for action in as_list(statement["Action"])):
                yield policy.name, statement


# What is encrypted


def test_everything_that_can_be_encrypted_names_the_key(full_graph: Graph) -> None:
    key = key_of(full_graph)
    encrypted = [each for each in full_graph.resources if each.type in KEY_OF]
    assert {each.type for each in encrypted} == set(KEY_OF)
    for each in encrypted:
        assert KEY_OF[each.type](each) == key.arn, f"{each.type} {each.name}"


def test_every_type_is_encrypted_or_known_to_keep_nothing(full_graph: Graph) -> None:
    types = {each.type for each in full_graph.resources if each.custom}
    assert types - {"pulumi:pulumi:Stack"} == KEY_OF.keys() | KEEPS_NOTHING_TO_ENCRYPT


def test_a_queue_has_one_kind_of_encryption(full_graph: Graph) -> None:
    assert all(
        "sqsManagedSseEnabled" not in each.inputs for each in full_graph.of_type("aws:sqs/queue:Queue")
    )


def test_a_state_machine_says_that_the_key_is_the_customers(full_graph: Graph) -> None:
    for each in full_graph.of_type("aws:sfn/stateMachine:StateMachine"):
        assert each.inputs["encryptionConfiguration"]["type"] == "CUSTOMER_MANAGED_KMS_KEY"


def test_the_key_is_rotated_can_be_had_back_and_has_a_name(full_graph: Graph) -> None:
    key = key_of(full_graph)
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["deletionWindowInDays"] == 14
    (alias,) = full_graph.of_type("aws:kms/alias:Alias")
    assert (alias.inputs["name"], alias.inputs["targetKeyId"]) == (
        "alias/order-webhooks-test",
        key.outputs["keyId"],
    )


@pytest.mark.variation
def test_without_the_setting_there_is_no_key_and_nobody_needs_one(graph: Graph) -> None:
    assert [each.name for each in graph.resources if "kms" in each.type] == []
    assert list(key_statements_of(graph)) == []
    for each in graph.of_type("aws:sqs/queue:Queue"):
        assert each.inputs["sqsManagedSseEnabled"] is True
    for type_, key in KEY_OF.items():
        for each in graph.of_type(type_):
            if type_ == "aws:sfn/stateMachine:StateMachine":
                assert "encryptionConfiguration" not in each.inputs
            else:
                assert key(each) == ("alias/aws/sns" if each.name == "order-events" else None), each.name


def test_what_has_everything_has_what_the_least_has(graph: Graph, full_graph: Graph) -> None:
    """Else what is tested of the full program alone is not tested of every other."""
    known = {(each.type, each.name) for each in full_graph.resources}
    assert [each.name for each in graph.resources if (each.type, each.name) not in known] == []


@pytest.mark.variation
def test_it_can_be_previewed_before_the_key_exists(full_graph: Graph) -> None:
    preview = record_main(EVERYTHING, secrets={"stripeApiKey": STRIPE_KEY}, preview=True)
    assert {(each.type, each.name) for each in preview.resources} == {
        (each.type, each.name) for each in full_graph.resources
    }


def test_the_key_is_made_before_anything_that_it_encrypts(full_graph: Graph) -> None:
    """Its policy is whole without them, so that there is no cycle."""
    names = [each.type for each in full_graph.resources]
    assert names.index(KEY) < min(names.index(type_) for type_ in KEY_OF)
    mentioned = key_of(full_graph).inputs["policy"]
    for each in full_graph.resources:
        if each.type in KEY_OF:
            assert each.arn not in mentioned, each.name


# Who may use it


BASE = "eu-west-1:123456789012"
BY_SERVICE = {"kms:GenerateDataKey", "kms:Decrypt"}
BY_LOGS = {
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
}


def test_the_key_admits_its_account_and_each_service_on_its_condition(
    full_graph: Graph,
) -> None:
    account, *services = key_of(full_graph).document("policy")["Statement"]
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert "Condition" not in account
    admitted = {each["Principal"]["Service"]: (set(each["Action"]), each["Condition"]) for each in services}
    assert len(admitted) == len(services)
    log_groups = admitted["logs.eu-west-1.amazonaws.com"][1]["StringLike"][
        "kms:EncryptionContext:aws:logs:arn"
    ]
    assert admitted == {
        "logs.eu-west-1.amazonaws.com": (
            BY_LOGS,
            {"StringLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        ),
        "delivery.logs.amazonaws.com": (
            {"kms:Decrypt"},
            {"StringLike": {"kms:EncryptionContext:SourceArn": f"arn:aws:logs:{BASE}:*"}},
        ),
        "sns.amazonaws.com": (
            BY_SERVICE,
            {
                "ArnLike": {
                    "aws:SourceArn": [
                        f"arn:aws:sns:{BASE}:order-events{number}-???????" for number in ("", "-?", "-??")
                    ]
                },
            },
        ),
        "cloudwatch.amazonaws.com": (
            BY_SERVICE,
            {
                "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{BASE}:alarm:order-webhooks-test-*"},
            },
        ),
    }


def test_in_the_keys_policy_every_resource_is_the_key_itself(full_graph: Graph) -> None:
    statements = key_of(full_graph).document("policy")["Statement"]
    assert [each["Resource"] for each in statements] == ["*"] * len(statements)
    assert all("*" not in str(each["Principal"]) for each in statements)


def test_the_logs_may_use_it_for_every_log_group_of_the_stack_and_for_no_other(full_graph: Graph) -> None:
    (logs,) = (
        each
        for each in key_of(full_graph).document("policy")["Statement"]
        if each["Principal"].get("Service", "").startswith("logs.")
    )
    patterns = logs["Condition"]["StringLike"]["kms:EncryptionContext:aws:logs:arn"]
    arns = [each.arn for each in full_graph.of_type("aws:cloudwatch/logGroup:LogGroup")]
    assert [arn for arn in arns if not any(fnmatch.fnmatch(arn, each) for each in patterns)] == []
    # Of topics there may be several.
    unused = [each for each in patterns if not fnmatch.filter(arns, each)]
    assert [each for each in unused if "/order-events-?" not in each] == []


def test_the_topic_and_the_alarms_are_the_ones_that_the_key_knows(full_graph: Graph) -> None:
    *_, sns, cloudwatch = key_of(full_graph).document("policy")["Statement"]
    topic = full_graph.named("aws:sns/topic:Topic", "order-events")
    patterns = sns["Condition"]["ArnLike"]["aws:SourceArn"]
    assert any(fnmatch.fnmatch(topic.arn, each) for each in patterns)
    ops = full_graph.named("aws:sns/topic:Topic", "ops")
    assert not any(fnmatch.fnmatch(ops.arn, each) for each in patterns)
    for alarm in full_graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"):
        assert fnmatch.fnmatch(alarm.arn, cloudwatch["Condition"]["ArnLike"]["aws:SourceArn"])


# By service, what a role that may do this with an encrypted thing must be able to do with its key. A role
# that may do nothing of it must not.
NEEDS = {
    "dynamodb": {
        **dict.fromkeys(
            ("kms:Decrypt", "kms:DescribeKey"), ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
        ),
        **dict.fromkeys(
            (
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ),
            ("PutItem", "UpdateItem", "DeleteItem"),
        ),
    },
    "secretsmanager": {"kms:Decrypt": ("GetSecretValue",), "kms:GenerateDataKey": ()},
    "sns": {"kms:Decrypt": ("Publish",), "kms:GenerateDataKey": ("Publish",)},
    "sqs": {"kms:Decrypt": ("SendMessage", "ReceiveMessage"), "kms:GenerateDataKey": ("SendMessage",)},
}


def test_each_role_may_use_the_key_exactly_for_what_it_touches(full_graph: Graph) -> None:
    key = key_of(full_graph)
    for policy in full_graph.of_type("aws:iam/rolePolicy:RolePolicy"):
        granted = {
            action for each in policy.document("policy")["Statement"] for action in as_list(each["Action"])
        }
        expected = {
            (f"{service}.*.amazonaws.com", action)
            for service, needs in NEEDS.items()
            for action, callers in needs.items()
            if any(f"{service}:{caller}" in granted for caller in callers)
        }
        found = set()
        for name, statement in key_statements_of(full_graph):
            via = statement["Condition"]["StringLike"].get("kms:ViaService")
            if name == policy.name and via:
                found |= {(via, action) for action in statement["Action"]}
        assert found == expected, policy.name
    for name, statement in key_statements_of(full_graph):
        assert statement["Resource"] == [key.arn], name
        assert len(statement["Condition"].pop("StringLike")) == 1, name
        assert statement["Condition"] == {}, name


def contexts(graph: Graph, role: str) -> dict[str, tuple[set[str], str]]:
    """The encryption contexts in which a role may use the key: actions and pattern of each."""
    return {
        context: (set(statement["Action"]), pattern)
        for name, statement in key_statements_of(graph)
        if name == role
        for context, pattern in statement["Condition"]["StringLike"].items()
        if context != "kms:ViaService"
    }


def test_each_function_may_read_its_own_environment(full_graph: Graph) -> None:
    functions = full_graph.of_type("aws:lambda/function:Function")
    for function in functions:
        ((context, (actions, pattern)),) = contexts(full_graph, function.name).items()
        assert context == "kms:EncryptionContext:aws:lambda:FunctionArn"
        assert actions == {"kms:Decrypt"}
        assert [each.name for each in functions if fnmatch.fnmatch(each.arn, pattern)] == [function.name]


def test_each_workflow_may_use_it_for_itself_and_for_its_log(full_graph: Graph) -> None:
    for machine in full_graph.of_type("aws:sfn/stateMachine:StateMachine"):
        own, log = (
            contexts(full_graph, machine.name)[f"kms:EncryptionContext:{each}"]
            for each in ("aws:states:stateMachineArn", "SourceArn")
        )
        assert own[0] == {"kms:Decrypt", "kms:GenerateDataKey"}
        assert fnmatch.fnmatch(machine.arn, own[1])
        assert log == ({"kms:GenerateDataKey"}, "arn:*:logs:*:*:*")


def test_sns_needs_no_key_to_log_deliveries(full_graph: Graph) -> None:
    assert "delivery-log" not in {name for name, _ in key_statements_of(full_graph)}


def test_an_action_that_nobody_has_thought_about_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody has said what dynamodb:PartiQLSelect needs of the key"):
        key_statements(
            "arn:aws:kms:eu-west-1:123456789012:key/1",
            lambda service: f"{service}.*.amazonaws.com",
            [allow(["dynamodb:PartiQLSelect"], ["x"])],
        )


def test_parliament_finds_nothing_wrong_with_the_roles_nor_with_the_keys_policy(full_graph: Graph) -> None:
    policies = full_graph.of_type("aws:iam/rolePolicy:RolePolicy")
    documents = {each.name: each.inputs["policy"] for each in policies}
    documents["the key"] = as_identity_policy(key_of(full_graph))
    for name, text in documents.items():
        findings = parliament.analyze_policy_string(text).findings
        assert [str(each) for each in findings] == [], name


def as_identity_policy(key: Resource) -> str:
    """The key's policy as parliament can read it: without principals, and about the key by its ARN."""
    document = key.document("policy")
    # The account's own administration is AWS's statement, whose kms:* is the point of it.
    _, *statements = document["Statement"]
    plain = [
        {name: value for name, value in each.items() if name != "Principal"} | {"Resource": key.arn}
        for each in statements
    ]
    return json.dumps({**document, "Statement": plain})


def test_parliament_would_find_a_condition_that_kms_does_not_have(full_graph: Graph) -> None:
    document = json.loads(as_identity_policy(key_of(full_graph)))
    document["Statement"][0]["Condition"] = {"ArnLike": {"kms:NoSuchCondition": "x"}}
    assert parliament.analyze_policy_string(json.dumps(document)).findings


def test_the_keys_policy_is_as_short_as_kms_wants_it(full_graph: Graph) -> None:
    # https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    assert len(key_of(full_graph).inputs["policy"]) < 32 * 1024


def test_types_are_listed_once() -> None:
    assert not set(itertools.chain(KEY_OF)) & KEEPS_NOTHING_TO_ENCRYPT
