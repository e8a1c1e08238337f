"""A small program whose function is invoked by a schedule and by the entries of a log group."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import textwrap

import pytest
from botocore.exceptions import ClientError

from local.deployer import deploy
from local.emulated_clock import start_clock
from local.emulator import running_emulator
from tests.support.emulator import create_function
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e

# The function fails for an entry that says so, and records everything else on a queue.
PROGRAM = """
import json
import pulumi, pulumi_aws as aws

FUNCTION = '''
import base64, gzip, json, os, boto3

sqs = boto3.client("sqs")

def handle(event, context):
    if "awslogs" in event:
        event = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if any("fail" in each["message"] for each in event.get("logEvents", [])):
        raise ValueError("as asked")
    sqs.send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(event))
'''

role = aws.iam.Role("role", assume_role_policy="{}").arn
seen, failed = aws.sqs.Queue("seen"), aws.sqs.Queue("failed")
function = aws.lambda_.Function(
    "record",
    role=role,
    handler="function.handle",
    runtime="python3.13",
    code=pulumi.AssetArchive({"function.py": pulumi.StringAsset(FUNCTION)}),
    environment=aws.lambda_.FunctionEnvironmentArgs(variables={"SEEN": seen.url}),
)
aws.lambda_.FunctionEventInvokeConfig(
    "record",
    function_name=function.name,
    maximum_retry_attempts=1,
    maximum_event_age_in_seconds=3600,
    destination_config=aws.lambda_.FunctionEventInvokeConfigDestinationConfigArgs(
        on_failure=aws.lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(destination=failed.arn)
    ),
)
permission = aws.lambda_.Permission(
    "logs",
    function=function.name,
    action="lambda:InvokeFunction",
    principal="logs.amazonaws.com",
    source_arn="arn:aws:logs:us-east-1:000000000000:log-group:sns/*/events*:*",
    source_account="000000000000",
)
group = aws.cloudwatch.LogGroup("events", name="sns/us-east-1/000000000000/events")
aws.cloudwatch.LogSubscriptionFilter(
    "record",
    log_group=group.name,
    filter_pattern="",
    destination_arn=function.arn,
    opts=pulumi.ResourceOptions(depends_on=[permission]),
)
aws.scheduler.Schedule(
    "redeliver",
    schedule_expression="rate(1 minutes)",
    flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
    target=aws.scheduler.ScheduleTargetArgs(
        arn=function.arn,
        role_arn=role,
        input=json.dumps({"run": True}),
        retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(maximum_retry_attempts=0),
    ),
)
table = aws.dynamodb.Table(
    "deliveries",
    hash_key="pk",
    range_key="sk",
    billing_mode="PAY_PER_REQUEST",
    attributes=[
        aws.dynamodb.TableAttributeArgs(name=name, type="S") for name in ("pk", "sk", "due_webhook")
    ],
    global_secondary_indexes=[
        aws.dynamodb.TableGlobalSecondaryIndexArgs(
            name="by-due",
            key_schemas=[
                aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=name, key_type=kind)
                for name, kind in (("due_webhook", "HASH"), ("sk", "RANGE"))
            ],
            projection_type="INCLUDE",
            non_key_attributes=["due_at"],
        )
    ],
)
for name, value in (("seen", seen.url), ("failed", failed.url), ("table", table.name), ("group", group.name)):
    pulumi.export(name, value)
pulumi.export("function", function.arn)
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    # A minute is a twentieth of a second, which the schedule rounds up to a quarter.
    directory = tmp_path_factory.mktemp("signals")
    clock = start_clock(directory / "clock", 1000)
    with running_emulator(work_directory=directory, extra_environment=clock) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def outputs(emulator, tmp_path_factory):
    program = tmp_path_factory.mktemp("program") / "__main__.py"
    program.write_text(textwrap.dedent(PROGRAM))
    return deploy(program, settings={}, stack="signals", cloud=emulator)


def write(emulator, group, *messages):
    logs = emulator.client("logs")
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName="stream")
    logs.put_log_events(
        logGroupName=group,
        logStreamName="stream",
        logEvents=[{"timestamp": number, "message": each} for number, each in enumerate(messages, 1)],
    )


def bodies(emulator, url, *, of_interest=lambda body: True):
    """Take what is on a queue, and return what is of interest."""

    def take():
        taken = (
            emulator.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        )
        for each in taken:
            emulator.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return [body for each in taken if of_interest(body := json.loads(each["Body"]))]

    return wait_for(take)


def test_the_entries_of_a_log_group_reach_the_function_together(emulator, outputs):
    write(emulator, outputs["group"], "one", "two")

    (batch,) = bodies(emulator, outputs["seen"], of_interest=lambda body: "logEvents" in body)
    assert batch["messageType"] == "DATA_MESSAGE"
    assert (batch["logGroup"], batch["logStream"]) == (outputs["group"], "stream")
    assert [(each["timestamp"], each["message"]) for each in batch["logEvents"]] == [(1, "one"), (2, "two")]


def test_what_the_function_fails_twice_is_kept_in_lambdas_form(emulator, outputs):
    write(emulator, outputs["group"], "fail")

    (record,) = bodies(emulator, outputs["failed"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["requestContext"]["functionArn"] == outputs["function"] + ":$LATEST"
    assert record["responsePayload"]["errorType"] == "ValueError"
    sent = json.loads(gzip.decompress(base64.b64decode(record["requestPayload"]["awslogs"]["data"])))
    assert [each["message"] for each in sent["logEvents"]] == ["fail"]


def test_the_schedule_runs_again_and_again_on_the_emulators_clock(emulator, outputs):
    runs = []

    def two_runs():
        runs.extend(bodies(emulator, outputs["seen"], of_interest=lambda body: body == {"run": True}))
        return len(runs) >= 2

    # At real time the second run alone would come after two minutes.
    wait_for(two_runs, "a second run", 60)


def test_what_comes_without_a_filter_is_skipped(emulator, outputs):
    logs = emulator.client("logs")
    (found,) = logs.describe_subscription_filters(logGroupName=outputs["group"])["subscriptionFilters"]
    logs.delete_subscription_filter(logGroupName=outputs["group"], filterName=found["filterName"])
    write(emulator, outputs["group"], "skipped")
    logs.put_subscription_filter(
        logGroupName=outputs["group"],
        filterName="again",
        filterPattern="taken",
        destinationArn=outputs["function"],
    )
    write(emulator, outputs["group"], "skip this", "taken")

    (batch,) = bodies(emulator, outputs["seen"], of_interest=lambda body: "logEvents" in body)
    assert [each["message"] for each in batch["logEvents"]] == ["taken"]


def test_a_filter_needs_the_functions_permission(emulator, outputs):
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName="other")
    stranger = create_function(emulator, "def handle(event, context): pass")
    for group, function in (("other", outputs["function"]), (outputs["group"], stranger)):
        with pytest.raises(ClientError, match="given CloudWatch Logs permission"):
            logs.put_subscription_filter(
                logGroupName=group, filterName="f", filterPattern="", destinationArn=function
            )


def test_the_search_reads_every_page(emulator):
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName="pages")
    write(emulator, "pages", *(json.dumps({"id": f"m-{number % 2}"}) for number in range(5)))

    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName="pages", filterPattern='{ $.id = "m-0" }', PaginationConfig={"PageSize": 2}
    )

    assert [len(page["events"]) for page in pages] == [2, 1]
    with pytest.raises(ClientError, match="does not know the filter pattern"):
        logs.filter_log_events(logGroupName="pages", filterPattern="[a, b]")


def test_a_page_of_a_search_may_be_empty_though_more_follow(emulator):
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName="many")
    write(emulator, "many", *["other"] * 10_000, "wanted")

    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="many", filterPattern="wanted")

    assert [len(page["events"]) for page in pages] == [0, 1]


def test_an_index_is_asked_for_what_it_projects(emulator, outputs):
    dynamodb = emulator.client("dynamodb")
    row = {"pk": "webhook#w", "sk": "2026", "due_webhook": "w", "due_at": "2027", "document": "large"}
    dynamodb.put_item(TableName=outputs["table"], Item={name: {"S": value} for name, value in row.items()})

    (found,) = dynamodb.query(
        TableName=outputs["table"],
        IndexName="by-due",
        KeyConditionExpression="due_webhook = :w",
        ExpressionAttributeValues={":w": {"S": "w"}},
    )["Items"]

    assert {name: value["S"] for name, value in found.items()} == {
        name: value for name, value in row.items() if name != "document"
    }
