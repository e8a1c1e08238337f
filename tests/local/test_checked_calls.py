"""The check of the functions' requests finds what botocore lets pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from local.emulator import running_emulator
from tests.support.checked_calls import FILE, model_of, parameters_of, read_violations, violations_of_call
from tests.support.emulator import create_function, invoke

TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:topic"
EVENT = {
    "Action": "Publish",
    "Version": "2010-03-31",
    "TopicArn": TOPIC_ARN,
    "Message": "{}",
    "MessageAttributes.entry.1.Name": "type",
    "MessageAttributes.entry.1.Value.DataType": "String",
    "MessageAttributes.entry.1.Value.StringValue": "order.paid",
}
SOURCE = """
import boto3
from botocore.exceptions import ClientError

client = boto3.client("stepfunctions")
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m"


def handle(event, context):
    try:
        client.start_execution(stateMachineArn=MACHINE, **event)
    except ClientError as error:
        return error.response["Error"]["Code"]
"""


def states_call(**parameters: Any) -> list[str]:
    headers = {"x-amz-target": "AWSStepFunctions.StartExecution"}
    return violations_of_call("states", headers, json.dumps(parameters).encode())


def test_a_request_within_the_model_has_no_violation() -> None:
    assert states_call(stateMachineArn="m", name="order-1", input="{}") == []
    assert violations_of_call("sns", {}, urlencode(EVENT).encode()) == []


def test_a_request_beyond_the_model_is_found() -> None:
    assert states_call(stateMachineArn="m", name="n" * 81) == ["StartExecution.name: 81 is above 80"]


def test_the_query_protocol_is_read_as_the_model_names_its_parameters() -> None:
    assert parameters_of(model_of("sns").operation_model("Publish"), EVENT) == {
        "TopicArn": TOPIC_ARN,
        "Message": "{}",
        "MessageAttributes": {"type": {"DataType": "String", "StringValue": "order.paid"}},
    }
    entry = "PublishBatchRequestEntries.member"
    batch = {"TopicArn": TOPIC_ARN, f"{entry}.1.Id": "a", f"{entry}.2.Id": "b"}
    assert parameters_of(model_of("sns").operation_model("PublishBatch"), batch) == {
        "TopicArn": TOPIC_ARN,
        "PublishBatchRequestEntries": [{"Id": "a"}, {"Id": "b"}],
    }


def test_a_functions_request_is_checked_on_the_emulator(tmp_path: Path) -> None:
    found = tmp_path / "violations.txt"
    with running_emulator(
        work_directory=tmp_path,
        plugs=["tests.support.checked_calls"],
        extra_environment={FILE: str(found)},
    ) as emulator:
        function = create_function(emulator, SOURCE)
        invoke(emulator, function, {"name": "order-1"})
        assert read_violations(found) == []
        invoke(emulator, function, {"name": "n" * 81})
    assert read_violations(found) == ["StartExecution.name: 81 is above 80"]
