"""Every variation of the program, checked by what AWS publishes: resource schemas and authorization data."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from tests.support.cloudformation import PART_OF, TYPES, WITHOUT_TYPE, UnmappedTypeError, template
from tests.support.cloudformation.lint import findings
from tests.support.iam_data import policy_findings
from tests.support.pulumi_graph import Graph, Resource
from tests.support.variations import VARIATIONS
from tests.workflow_definitions.test_jsonata import EXPRESSIONS, expressions


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("these checks need no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


# AWS's resource schemas


@pytest.fixture(scope="module")
def already_linted() -> set[str]:
    """What the variations have in common is linted once."""
    return set()


# A variation takes seconds to lint, and this one has a resource of nearly every type.
ALWAYS_LINTED = ("everything",)


@pytest.mark.parametrize(
    "name",
    [
        *ALWAYS_LINTED,
        *(pytest.param(name, marks=pytest.mark.slow) for name in VARIATIONS if name not in ALWAYS_LINTED),
    ],
)
def test_every_resource_fits_its_cloudformation_type(name: str, already_linted: set[str]) -> None:
    variation = VARIATIONS[name]
    whole = template(variation.record())
    added = {}
    for logical_id, resource in whole["Resources"].items():
        fingerprint = json.dumps([variation.cloud.region, logical_id, resource], sort_keys=True)
        if fingerprint not in already_linted:
            already_linted.add(fingerprint)
            added[logical_id] = resource
    assert findings({**whole, "Resources": added}, region=variation.cloud.region) == []


@pytest.mark.slow
def test_the_table_of_types_has_nothing_left_over() -> None:
    used = {each.type for name in VARIATIONS for each in VARIATIONS[name].record().resources}
    assert TYPES.keys() | PART_OF.keys() | WITHOUT_TYPE.keys() == {
        type_ for type_ in used if type_.startswith("aws:")
    }


@pytest.mark.slow
def test_every_expression_of_the_workflows_is_evaluated_by_the_reference() -> None:
    machines = "aws:sfn/stateMachine:StateMachine"
    definitions = [
        each.document("definition")
        for name in VARIATIONS
        for each in VARIATIONS[name].record().of_type(machines)
    ]
    assert set(expressions(definitions)) == set(EXPRESSIONS)


def test_a_type_that_the_table_does_not_name_is_refused() -> None:
    bucket = Resource("aws:s3/bucket:Bucket", "data", custom=True, inputs={}, outputs={})
    with pytest.raises(UnmappedTypeError, match=r"aws:s3/bucket:Bucket"):
        template(Graph(resources=[bucket]))


Change = Callable[[dict[str, Any]], Any]


def _statement(properties: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = properties["PolicyDocument"]["Statement"][0]
    return statement


PLANTED: dict[str, tuple[str, str, Change]] = {
    "a property that does not exist": (
        "AWS::SQS::Queue",
        "E3002",
        lambda it: it.update(VisibilityTimeOut=30),
    ),
    "a property that is missing": ("AWS::Lambda::Permission", "E3003", lambda it: it.pop("Principal")),
    "too small a number": ("AWS::Lambda::Function", "E3034", lambda it: it.update(MemorySize=64)),
    "too large a number": ("AWS::SQS::Queue", "E3034", lambda it: it.update(VisibilityTimeout=43_201)),
    "a number that is not offered": (
        "AWS::Logs::LogGroup",
        "E3030",
        lambda it: it.update(RetentionInDays=31),
    ),
    "a runtime that does not exist": (
        "AWS::Lambda::Function",
        "E3030",
        lambda it: it.update(Runtime="python3.99"),
    ),
    "a name against its pattern": (
        "AWS::Lambda::Function",
        "E3031",
        lambda it: it.update(FunctionName="a name"),
    ),
    "too long a name": ("AWS::IAM::Role", "E3033", lambda it: it.update(RoleName="r" * 65)),
    "an attribute that no key uses": (
        "AWS::DynamoDB::Table",
        "E3039",
        lambda it: it["AttributeDefinitions"].append({"AttributeName": "x", "AttributeType": "S"}),
    ),
    "a policy's effect": (
        "AWS::IAM::RolePolicy",
        "E3510",
        lambda it: _statement(it).update(Effect="Permit"),
    ),
    "a queue's policy without an effect": (
        "AWS::SQS::QueuePolicy",
        "E3512",
        lambda it: _statement(it).pop("Effect"),
    ),
    "a state that does not exist": (
        "AWS::StepFunctions::StateMachine",
        "E3601",
        lambda it: it["Definition"].update(StartAt="Nowhere"),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault: str) -> None:
    type_, rule, change = PLANTED[fault]
    whole = template(VARIATIONS["everything"].record())
    logical_id, resource = next(
        (name, each) for name, each in whole["Resources"].items() if each["Type"] == type_
    )
    only = {**whole, "Resources": {logical_id: resource}}
    assert findings(only) == []
    change(resource["Properties"])
    assert {each.split(" ")[0] for each in findings(only)} == {rule}


# AWS's authorization data


@pytest.mark.parametrize("name", VARIATIONS)
def test_every_policy_names_what_exists(name: str) -> None:
    checked = set()
    for each in VARIATIONS[name].record().resources:
        # In a key's policy * is the key.
        own = each.arn if each.type == "aws:kms/key:Key" else None
        for document in each.inputs.keys() & {"policy", "assumeRolePolicy"}:
            checked.add(each.type)
            assert policy_findings(each.document(document), attached_to=own) == [], each.name
        if each.type == "aws:lambda/permission:Permission":
            statement = {"Action": each.inputs["action"], "Condition": {"ArnLike": {"aws:SourceArn": ""}}}
            assert policy_findings({"Statement": [statement]}) == [], each.name
    assert checked >= {
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queuePolicy:QueuePolicy",
    }
