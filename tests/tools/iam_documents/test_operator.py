"""What an operator may do; that it is what the commands do is held by tests/ops/test_ops_chain.py."""

from __future__ import annotations

import dataclasses
import fnmatch
import json

import parliament
import pytest
from parliament.finding import Finding

from tests.support.pulumi_graph import Graph
from tools.iam_documents.deployer import EXAMPLE
from tools.iam_documents.operator import DOCS, main, operator_documents
from tools.iam_documents.policies import text_of

# Actions that are about a resource of either kind, where parliament asks for both.
ALTERNATIVES = {"states:ListExecutions": "mapRun", "states:DescribeExecution": "express"}
ANY_RESOURCE = (
    ["cloudwatch:GetMetricData"],
    ["sns:SetSubscriptionAttributes"],
    ["sns:GetSubscriptionAttributes"],
    ["lambda:ListEventSourceMappings"],
)
LONGEST_MANAGED_POLICY = 6_144
HERE = dataclasses.replace(EXAMPLE, stack="test")


def is_alternative(finding: Finding) -> bool:
    """Whether it is about the kind of resource that we have none of."""
    (detail,) = finding.detail
    other = ALTERNATIVES.get(detail["action"])
    return finding.issue == "RESOURCE_MISMATCH" and f":states:*:*:{other}:" in detail["required_format"]


@pytest.mark.parametrize("name", operator_documents(EXAMPLE))
def test_parliament_finds_nothing_wrong(name: str) -> None:
    document = operator_documents(EXAMPLE)[name]
    findings = parliament.analyze_policy_string(json.dumps(document)).findings
    assert [str(each) for each in findings if not is_alternative(each)] == []
    for statement in document["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        assert statement["Resource"] != ["*"] or statement["Action"] in ANY_RESOURCE
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(json.dumps(document, separators=(",", ":"))) < LONGEST_MANAGED_POLICY


def test_every_name_is_one_that_the_program_makes(graph: Graph) -> None:
    arns = [each.arn for each in graph.resources if "arn" in each.outputs]
    arns += [
        f"{each.arn}/index/{index['name']}"
        for each in graph.of_type("aws:dynamodb/table:Table")
        for index in each.inputs.get("globalSecondaryIndexes", [])
    ]
    # Executions, what AWS gives an ID, all alarms as one, and what an EXPRESS stack,
    # one with diagnostics, and a run of `verify` have.
    made_later = (
        "execution:",
        ":kms:",
        ":execute-api:",
        ":alarm:*",
        ":release-",
        "/release-",
        "/order-events-?",
        ":order-events-?",
        ":diagnostics-",
        ":verify-",
    )
    patterns = {
        pattern
        for document in operator_documents(HERE).values()
        for statement in document["Statement"]
        for pattern in statement["Resource"]
        if pattern != "*" and not any(each in pattern for each in made_later)
    }
    assert len(patterns) > 15
    # A log group's are its streams.
    assert [each for each in sorted(patterns) if not fnmatch.filter(arns, each.removesuffix(":*"))] == []


def test_the_file_in_docs_is_what_the_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert DOCS.read_text() == text_of(operator_documents(EXAMPLE)), "run `make policies`"
    assert main(["--account-id", "111122223333"]) == 0
    printed = capsys.readouterr().out
    assert "/aws/vendedlogs/states/order-???????" in printed
    assert "123456789012" not in printed
