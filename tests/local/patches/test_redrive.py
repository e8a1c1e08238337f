from __future__ import annotations

import json
from typing import Any

import pytest

from local.emulator import Emulator
from tests.support.emulator import ROLE, create_function, end_of, lambda_task, new_name, start

SOURCE = """
import os, pathlib


class Down(Exception):
    pass


def handle(event, context):
    if not pathlib.Path(event["cured"]).exists():
        raise Down("not yet")
    return {**event, "attempts": event["attempt"]}
"""


def create_machine(emulator: Emulator, function: str, **settings: Any) -> str:
    retry = [{"ErrorEquals": ["Down"], "IntervalSeconds": 1, "MaxDelaySeconds": 1, "MaxAttempts": 1}]
    states = {
        "First": {"Type": "Pass", "Output": "{% $merge([$states.input, {'first': 1}]) %}", "Next": "Second"},
        "Second": {**lambda_task(function, Retry=retry), "End": False, "Next": "Third"},
        "Third": {"Type": "Succeed"},
    }
    del states["Second"]["End"]
    definition = {"QueryLanguage": "JSONata", "StartAt": "First", "States": states}
    return emulator.client("stepfunctions").create_state_machine(
        name=new_name("machine"), definition=json.dumps(definition), roleArn=ROLE, **settings
    )["stateMachineArn"]


def test_a_redriven_execution_goes_on_at_the_state_that_failed(patched: Emulator, tmp_path) -> None:
    client = patched.client("stepfunctions")
    cured = tmp_path / "cured"
    machine = create_machine(patched, create_function(patched, SOURCE))
    arn = start(patched, machine, input=json.dumps({"cured": str(cured)}))
    failed = end_of(patched, arn)
    assert (failed["status"], failed["error"], failed["redriveStatus"]) == ("FAILED", "Down", "REDRIVABLE")
    assert failed["redriveCount"] == 0
    before = client.get_execution_history(executionArn=arn)["events"]

    # Redriven too early it fails again, with as many retries as at first.
    client.redrive_execution(executionArn=arn)
    assert end_of(patched, arn)["redriveCount"] == 1
    cured.touch()
    assert client.redrive_execution(executionArn=arn)["redriveDate"]

    ended = end_of(patched, arn)
    assert (ended["status"], ended["redriveCount"], ended["executionArn"]) == ("SUCCEEDED", 2, arn)
    assert ended["redriveStatus"] == "NOT_REDRIVABLE"
    assert "error" not in ended
    assert json.loads(ended["output"]) == {"cured": str(cured), "first": 1, "attempt": 0, "attempts": 0}
    events = client.get_execution_history(executionArn=arn)["events"]
    assert events[: len(before)] == before
    assert [event["type"] for event in events[len(before) :]] == [
        *("ExecutionRedriven", "TaskScheduled", "TaskFailed", "TaskScheduled", "TaskFailed"),
        "ExecutionFailed",
        *("ExecutionRedriven", "TaskScheduled", "TaskSucceeded", "TaskStateExited"),
        *("SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"),
    ]
    assert events[len(before)]["executionRedrivenEventDetails"] == {"redriveCount": 1}


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_what_did_not_fail_or_is_express_cannot_be_redriven(patched: Emulator, kind: str, tmp_path) -> None:
    client = patched.client("stepfunctions")
    cured = tmp_path / "cured"
    if kind == "STANDARD":
        cured.touch()
    machine = create_machine(patched, create_function(patched, SOURCE), type=kind)
    arn = start(patched, machine, input=json.dumps({"cured": str(cured)}))
    end_of(patched, arn)
    with pytest.raises(client.exceptions.ExecutionNotRedrivable):
        client.redrive_execution(executionArn=arn)
    with pytest.raises(client.exceptions.ExecutionDoesNotExist):
        client.redrive_execution(executionArn=f"{arn}-other")


def test_stock_has_no_redrive(stock: Emulator, tmp_path) -> None:
    client = stock.client("stepfunctions")
    machine = create_machine(stock, create_function(stock, SOURCE))
    arn = start(stock, machine, input=json.dumps({"cured": str(tmp_path / "cured")}))
    assert "redriveCount" not in end_of(stock, arn)
    with pytest.raises(client.exceptions.ClientError, match="InvalidAction"):
        client.redrive_execution(executionArn=arn)


# Moving dead letters


def create_queues(emulator: Emulator) -> tuple[Any, dict[str, str], dict[str, str]]:
    sqs = emulator.client("sqs")
    urls = {name: sqs.create_queue(QueueName=new_name(name))["QueueUrl"] for name in ("dead", "work")}
    arns = {
        name: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for name, url in urls.items()
    }
    redrive = json.dumps({"deadLetterTargetArn": arns["dead"], "maxReceiveCount": 3})
    sqs.set_queue_attributes(QueueUrl=urls["work"], Attributes={"RedrivePolicy": redrive})
    return sqs, urls, arns


def test_dead_letters_are_moved_as_new_messages(patched: Emulator) -> None:
    sqs, urls, arns = create_queues(patched)
    reason = {"reason": {"DataType": "String", "StringValue": "late"}}
    sent = {
        sqs.send_message(
            QueueUrl=urls["dead"],
            MessageBody=body,
            MessageAttributes=reason,
            MessageGroupId=f"group-of-{body}",
        )["MessageId"]
        for body in ("one", "two")
    }
    with pytest.raises(sqs.exceptions.ClientError, match="Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=arns["work"], DestinationArn=arns["dead"])
    assert sqs.start_message_move_task(SourceArn=arns["dead"], DestinationArn=arns["work"])["TaskHandle"]
    (task,) = sqs.list_message_move_tasks(SourceArn=arns["dead"])["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)
    received = sqs.receive_message(
        QueueUrl=urls["work"],
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        AttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
    )["Messages"]
    assert sorted((each["Body"], each["Attributes"]["MessageGroupId"]) for each in received) == [
        ("one", "group-of-one"),
        ("two", "group-of-two"),
    ]
    assert not sent & {each["MessageId"] for each in received}
    assert {each["Attributes"]["ApproximateReceiveCount"] for each in received} == {"1"}
    assert {each["MessageAttributes"]["reason"]["StringValue"] for each in received} == {"late"}
    assert not sqs.receive_message(QueueUrl=urls["dead"]).get("Messages")


def test_stock_moves_no_dead_letters(stock: Emulator) -> None:
    sqs, _, arns = create_queues(stock)
    with pytest.raises(sqs.exceptions.ClientError, match="InvalidAction"):
        sqs.start_message_move_task(SourceArn=arns["dead"], DestinationArn=arns["work"])
