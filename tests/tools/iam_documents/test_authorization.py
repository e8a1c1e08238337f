"""The policies of people and pipelines, checked with AWS's authorization data."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.support.iam_data import policy_findings
from tools.iam_documents.deployer import EXAMPLE, deployer_documents, preview_documents
from tools.iam_documents.deployer.api import UNLISTED
from tools.iam_documents.operator import operator_documents

CHINA = dataclasses.replace(EXAMPLE, partition="aws-cn", region="cn-north-1")
DOCUMENTS = [
    pytest.param(document, id=f"{role}-{place.region}-{name}")
    for place in (EXAMPLE, CHINA)
    for role, documents in {
        "deployer": deployer_documents(place),
        "previewer": preview_documents(place),
        "operator": operator_documents(place),
    }.items()
    for name, document in documents.items()
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_action_resource_and_condition_exists(document: dict[str, Any]) -> None:
    known = {f"{action} does not exist" for action in UNLISTED}
    assert [each for each in policy_findings(document) if each not in known] == []


QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/*"
PLANTED = {
    "an action that does not exist": (
        {"Action": ["sqs:SendMessages"], "Resource": QUEUE},
        "sqs:SendMessages does not exist",
    ),
    "an action in other letters": ({"Action": "sqs:sendMessage", "Resource": QUEUE}, "does not exist"),
    "a service that does not exist": ({"Action": "stepfunctions:StartExecution"}, "does not exist"),
    "a resource of another type": (
        {"Action": "states:StartExecution", "Resource": "arn:aws:states:eu-west-1:1:execution:order:x"},
        "states:StartExecution is not about any of",
    ),
    "a resource that no action is about": (
        {"Action": "sqs:SendMessage", "Resource": [QUEUE, "arn:aws:sns:eu-west-1:123456789012:events"]},
        "is of no type",
    ),
    "a resource for an action that has none": (
        {"Action": "cloudwatch:GetMetricData", "Resource": "arn:aws:cloudwatch:eu-west-1:1:alarm:a"},
        "is not about any of",
    ),
    "a key that the action does not have": (
        {
            "Action": ["kms:Decrypt", "kms:ListAliases"],
            "Resource": [KEY],
            "Condition": {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": "x"}},
        },
        "kms:EncryptionContext:aws:sqs:arn is no condition key of kms:ListAliases",
    ),
    "a global key that does not exist": (
        {"Action": "sqs:SendMessage", "Resource": QUEUE, "Condition": {"ArnEquals": {"aws:SourceArm": "x"}}},
        "aws:SourceArm is no global condition key",
    ),
    "a tag where the resource has none": (
        {
            "Action": "xray:PutTraceSegments",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/project": "x"}},
        },
        "aws:ResourceTag/project is no condition key of xray:PutTraceSegments",
    ),
    "a list compared as one value": (
        {
            "Action": "kms:Decrypt",
            "Resource": KEY,
            "Condition": {"StringEquals": {"kms:ResourceAliases": "alias/x"}},
        },
        "StringEquals does not compare kms:ResourceAliases",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault: str) -> None:
    statement, expected = PLANTED[fault]
    assert any(expected in each for each in policy_findings({"Statement": [statement]}))
