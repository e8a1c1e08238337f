"""What the deployer and the previewer may do: what the program's resources take, and nothing else."""

from __future__ import annotations

import dataclasses
import fnmatch
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import parliament
import pytest
import yaml
from parliament.finding import Finding

from tests.support.policies import as_list
from tests.support.pulumi_graph import ROOT, Graph, Resource
from tools.iam_documents.deployer import EXAMPLE, deployer_documents, preview_documents
from tools.iam_documents.deployer.__main__ import FILES, main
from tools.iam_documents.deployer.api import UNLISTED
from tools.iam_documents.deployer.documents import LONGEST_POLICY_CHARACTERS, TABLES, WILDCARD_REASONS
from tools.iam_documents.deployer.functions import CONSUMERS
from tools.iam_documents.permission import Permission
from tools.iam_documents.policies import text_of

# Where the recorded program is.
HERE = dataclasses.replace(
    EXAMPLE, stack="test", domain_name="orders.shop.test", hosted_zone_id="Z0123456789ABC"
)
TABLE: dict[str, tuple[Permission, ...]] = {
    type_: permissions for table in TABLES.values() for type_, permissions in table.items()
}
# Replaced by every change, never updated.
REPLACED = {"aws:lambda/layerVersion:LayerVersion", "aws:lambda/permission:Permission"}
DOCUMENTS = [
    *(pytest.param(each, id=f"deployer-{name}") for name, each in deployer_documents(EXAMPLE).items()),
    *(pytest.param(each, id=f"preview-{name}") for name, each in preview_documents(EXAMPLE).items()),
]


@pytest.fixture
def resources(full_graph: Graph) -> list[Resource]:
    """Everything that the program can consist of."""
    return [each for each in full_graph.resources if each.type.startswith("aws:")]


def statements(documents: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for document in documents.values():
        yield from document["Statement"]


def allows(documents: dict[str, Any], action: str, arn: str) -> bool:
    return any(
        action in statement["Action"]
        and any(fnmatch.fnmatchcase(arn, pattern) for pattern in statement["Resource"])
        for statement in statements(documents)
    )


def test_every_type_of_resource_has_its_actions_and_no_other_has(resources: list[Resource]) -> None:
    assert TABLE.keys() == {each.type for each in resources}


@pytest.mark.parametrize("type_", TABLE)
def test_a_resource_can_be_made_read_changed_and_deleted(type_: str) -> None:
    permissions = TABLE[type_]
    for phase in ("create", "read", "delete"):
        found = [each for each in permissions if getattr(each, phase)]
        assert found or (phase == "read" and any(each.read_data for each in permissions)), phase
    assert any(each.update for each in permissions) == (type_ not in REPLACED)


def test_what_has_tags_can_be_tagged(resources: list[Resource]) -> None:
    tagged = {each.type for each in resources if "tags" in each.inputs}
    assert {type_ for type_, permissions in TABLE.items() if any(each.tag for each in permissions)} == tagged


def test_everything_can_be_made_under_the_name_that_it_gets(resources: list[Resource]) -> None:
    documents = deployer_documents(HERE)
    for each in resources:
        if "arn" not in each.outputs or each.type == "aws:sns/topicSubscription:TopicSubscription":
            continue
        arn = each.arn
        if each.type == "aws:lambda/layerVersion:LayerVersion":
            arn = f"arn:aws:lambda:eu-west-1:123456789012:layer:{each.inputs['layerName']}"
        for permission in TABLE[each.type]:
            for action in permission.create:
                assert allows(documents, action, arn), f"{action} {arn}"


def test_a_log_group_can_be_named_by_either_of_its_arns(resources: list[Resource]) -> None:
    groups = [each.arn for each in resources if each.type == "aws:cloudwatch/logGroup:LogGroup"]
    assert groups
    for documents in (deployer_documents(HERE), preview_documents(HERE)):
        for arn in groups:
            assert allows(documents, "logs:ListTagsForResource", arn)
    for arn in groups:
        for action in ("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"):
            assert allows(deployer_documents(HERE), action, arn), f"{action} {arn}"
            # As error messages name it: with an empty stream.
            assert allows(deployer_documents(HERE), action, f"{arn}:log-stream:"), f"{action} {arn}"


def test_what_api_gateway_makes_can_be_made_with_its_tags() -> None:
    base = f"arn:aws:apigateway:{HERE.region}::"
    for path in ("/apis", "/apis/a1b2/stages", "/apis/a1b2/stages/$default", "/domainnames"):
        assert allows(deployer_documents(HERE), "apigateway:TagResource", base + path)
        assert not allows(preview_documents(HERE), "apigateway:TagResource", base + path)


def test_a_key_gets_its_first_tags_and_later_ones() -> None:
    tagging = [each for each in statements(deployer_documents(HERE)) if "kms:TagResource" in each["Action"]]
    assert [each["Condition"] for each in tagging] == [
        {"StringEquals": {"aws:RequestTag/project": "order-webhooks"}},
        {"StringEquals": {"aws:ResourceTag/project": "order-webhooks"}},
    ]


def test_the_key_serves_the_deployer_for_all_that_a_table_takes() -> None:
    (use,) = [each for each in statements(deployer_documents(HERE)) if "kms:CreateGrant" in each["Action"]]
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    assert {
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    } == set(use["Action"])


def test_no_name_is_left_over(resources: list[Resource]) -> None:
    arns = [each.arn for each in resources if "arn" in each.outputs]
    patterns = {
        pattern
        for statement in statements(deployer_documents(HERE))
        for pattern in statement["Resource"]
        if "?" in pattern
    }
    assert patterns
    # A log group's other ARN goes on.
    names = {each.removesuffix(":*") for each in patterns}
    unused = [each for each in sorted(names) if not fnmatch.filter(arns, each)]
    # There may be several topics, each with its log and its role.
    assert [each for each in unused if "order-events-?" not in each and "delivery-log-?" not in each] == []


def test_the_mappings_are_those_of_the_functions_that_queues_feed(full_graph: Graph) -> None:
    mappings = full_graph.of_type("aws:lambda/eventSourceMapping:EventSourceMapping")
    names = {each.inputs["functionName"].rsplit("-", 1)[0] for each in mappings}
    assert names == set(CONSUMERS)


def test_each_role_can_be_given_to_its_service_and_to_no_other(full_graph: Graph) -> None:
    topic = full_graph.named("aws:sns/topic:Topic", "order-events").inputs
    given = {
        "lambda.amazonaws.com": {
            each.inputs["role"] for each in full_graph.of_type("aws:lambda/function:Function")
        },
        "states.amazonaws.com": {
            each.inputs["roleArn"] for each in full_graph.of_type("aws:sfn/stateMachine:StateMachine")
        },
        "sns.amazonaws.com": {topic["httpSuccessFeedbackRoleArn"], topic["httpFailureFeedbackRoleArn"]},
        "scheduler.amazonaws.com": {
            full_graph.named("aws:scheduler/schedule:Schedule", "redeliver").inputs["target"]["roleArn"]
        },
    }
    roles = {each.arn for each in full_graph.of_type("aws:iam/role:Role")}
    assert set().union(*given.values()) == roles
    passed = {}
    for statement in statements(deployer_documents(HERE)):
        if "iam:PassRole" in statement["Action"]:
            assert statement["Action"] == ["iam:PassRole"]
            service = statement["Condition"]["StringEquals"]["iam:PassedToService"]
            passed[service] = {arn for each in statement["Resource"] for arn in fnmatch.filter(roles, each)}
    assert passed == given


def test_of_iam_it_may_do_what_roles_take_and_nothing_with_people_or_with_its_own_rights() -> None:
    actions = {
        action
        for statement in statements(deployer_documents(EXAMPLE))
        for action in statement["Action"]
        if action.startswith("iam:")
    }
    parts = [part for type_ in TABLE if ":iam/" in type_ for part in TABLE[type_]]
    roles = {action for part in parts for action in part.all_actions}
    assert actions == roles | {"iam:PassRole", "iam:CreateServiceLinkedRole"}
    others = {each for each in actions if re.search("User|Group|Attach|Boundary|AccessKey|Provider", each)}
    assert others == {"iam:ListAttachedRolePolicies"}


def test_the_previewer_changes_nothing_and_reads_no_secret_and_no_order() -> None:
    granted = {action for each in statements(preview_documents(EXAMPLE)) for action in each["Action"]}
    assert all(re.match(r"\w+:(Get|List|Describe|Validate|GET$)", each) for each in granted - {"kms:Decrypt"})
    assert not granted & {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "logs:GetLogEvents",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
    }
    granted_statements = statements(preview_documents(EXAMPLE))
    (decrypting,) = [each for each in granted_statements if "kms:Decrypt" in each["Action"]]
    assert decrypting["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": EXAMPLE.secrets_key_alias}
    }


# Stars within names, reviewed one by one; `?` stands for a character that Pulumi or AWS makes up.
ACCEPTED_STARS = {
    r"arn:aws:apigateway:REGION::/apis/\*(/\w+(/\*)?)?": "AWS makes up the IDs of APIs and of their parts",
    r"arn:aws:apigateway:REGION::/tags/arn%3Aaws%3Aapigateway%3A\*%2F\w+%2F\*": "the path has an API's ID",
    r"arn:aws:apigateway:REGION::/domainnames/[\w.]+/apimappings/\*": "AWS makes up a mapping's ID",
    r"arn:aws:cloudwatch:HERE:alarm:order-webhooks-prod-\*": "the stack's alarms",
    r"arn:aws:cloudwatch:HERE:alarm:\*": "alarms are described as if all were",
    r"arn:aws:kms:HERE:key/\*": "AWS makes up a key's ID: its tag, its alias or its name is a condition",
    r"arn:aws:lambda:HERE:event-source-mapping:\*": "AWS makes up a mapping's ID",
    r"arn:aws:lambda:HERE:layer:order-webhooks-prod-dependencies:\*": "versions are counted",
    r"arn:aws:logs:HERE:log-group:sns/\*/\*/order-events(-[?]{1,2})?-[?]{7}(/Failure)?(:\*)?": "SNS names it",
    r"arn:aws:cloudwatch::\d{12}:dashboard/order-webhooks-prod-\*": "the name ends in the API's ID",
    r"arn:aws:logs:HERE:log-group:(/aws/vendedlogs/(apis|states)/)?[a-z-]+-[?]{7}:\*": "its other ARN",
    r"arn:aws:route53:::change/\*": "AWS makes up a change's ID",
    r"arn:aws:s3:::my-pulumi-state/\*": "state, history, backups and locks of every stack in the bucket",
}


def is_accepted(arn: str, pattern: str) -> bool:
    here = f"{EXAMPLE.region}:{EXAMPLE.account_id}"
    return bool(re.fullmatch(pattern.replace("HERE", here).replace("REGION", EXAMPLE.region), arn))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_star_has_its_reason(document: dict[str, Any]) -> None:
    for statement in document["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        if statement["Resource"] == ["*"]:
            assert set(statement["Action"]) <= set(WILDCARD_REASONS)
            continue
        for arn in statement["Resource"]:
            assert "*" not in arn or any(is_accepted(arn, each) for each in ACCEPTED_STARS), arn


def test_no_reason_for_a_star_is_left_over() -> None:
    granted = list(statements(deployer_documents(EXAMPLE)))
    assert set(WILDCARD_REASONS) == {
        action for each in granted if each["Resource"] == ["*"] for action in each["Action"]
    }
    arns = {arn for each in granted for arn in each["Resource"]}
    assert [each for each in ACCEPTED_STARS if not any(is_accepted(arn, each) for arn in arns)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_fits_into_a_managed_policy(document: dict[str, Any]) -> None:
    assert document["Statement"]
    assert len(json.dumps(document, separators=(",", ":"))) <= LONGEST_POLICY_CHARACTERS


def test_a_role_can_have_them_all() -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: ten by default.
    assert len(deployer_documents(EXAMPLE)) <= 10
    assert len(preview_documents(EXAMPLE)) <= 10


def known_to_parliament(finding: Finding) -> bool:
    """Whether parliament knows enough to find it.

    Of KMS it does not know the condition on a key's aliases, of API Gateway not what AWS's list leaves out:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
    """
    is_unknown_condition = finding.issue == "UNKNOWN_CONDITION_FOR_ACTION"
    is_unlisted = finding.issue == "UNKNOWN_ACTION" and any(each in str(finding) for each in UNLISTED)
    return not is_unlisted and not (is_unknown_condition and "kms:ResourceAliases" in str(finding.detail))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_parliament_finds_nothing_wrong(document: dict[str, Any]) -> None:
    findings = parliament.analyze_policy_string(json.dumps(document)).findings
    assert [str(each) for each in findings if known_to_parliament(each)] == []


@pytest.mark.parametrize("file", FILES)
def test_the_file_in_docs_is_what_the_command_writes(file: str) -> None:
    documents = FILES[file](EXAMPLE)
    assert (ROOT / "docs" / file).read_text() == text_of(documents), "run `make policies`"


def test_the_command_prints_the_policies_of_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    there = ["--account-id", "111122223333", "--stack", "dev"]
    assert main([*there, "--domain-name", "", "--hosted-zone-id", ""]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == deployer_documents(
        dataclasses.replace(
            EXAMPLE, account_id="111122223333", stack="dev", domain_name=None, hosted_zone_id=None
        )
    )
    text = json.dumps(printed)
    assert "123456789012" not in text
    assert "domainnames/" not in text.replace("domainnames%2F", "")
    assert "route53" not in text
    assert main(["--preview"]) == 0
    assert json.loads(capsys.readouterr().out) == preview_documents(EXAMPLE)


def test_resources_are_lists() -> None:
    for each in statements(deployer_documents(EXAMPLE)):
        assert each["Resource"] == as_list(each["Resource"])


# The page that says how to make the roles

PAGE = (ROOT / "docs" / "deploying.md").read_text()
WORKFLOWS = ROOT / ".github" / "workflows"


def job(workflow: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((WORKFLOWS / workflow).read_text())["jobs"][name]
    return found


def test_each_role_trusts_one_kind_of_job_of_one_repository() -> None:
    subjects = []
    for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL):
        (statement,) = json.loads(block)["Statement"]
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        issuer = "token.actions.githubusercontent.com"
        assert statement["Principal"]["Federated"].endswith(f"oidc-provider/{issuer}")
        condition = statement["Condition"]["StringEquals"]
        assert statement["Condition"].keys() == {"StringEquals"}
        assert condition.pop(f"{issuer}:aud") == "sts.amazonaws.com"
        subjects.append(condition.pop(f"{issuer}:sub"))
        assert condition == {}
    repository = "repo:my-organisation/order-webhooks:"
    assert subjects == [f"{repository}environment:prod", f"{repository}environment:preview-prod"]
    # As the jobs are. Each stack may be in an account of its own, which no variable of the repository knows.
    assert job("deploy-stack.yaml", "up")["environment"] == "${{ inputs.stack }}"
    assert job("preview.yaml", "preview")["environment"] == "preview-${{ matrix.stack }}"


def test_one_stack_does_not_wait_for_the_approval_of_another() -> None:
    assert "concurrency" not in yaml.safe_load((WORKFLOWS / "deploy.yaml").read_text())
    concurrency = job("deploy-stack.yaml", "up")["concurrency"]
    assert concurrency == {"group": "deploy-${{ inputs.stack }}", "cancel-in-progress": False}


def test_the_pages_command_prints_policies(capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = re.findall(r"python -m tools\.iam_documents\.deployer (--account-id.*?) > ", PAGE, re.DOTALL)
    for variable, value in (("$account_id", "123456789012"), ("$stack", "prod")):
        command = command.replace(variable, value)
    assert main(shlex.split(command.replace("\\\n", " "))) == 0
    assert json.loads(capsys.readouterr().out) == deployer_documents(
        dataclasses.replace(EXAMPLE, domain_name="", hosted_zone_id="")
    )
