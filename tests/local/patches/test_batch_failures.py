from __future__ import annotations

import json

import pytest

from local.emulator import Emulator
from tests.support.emulator import create_function, new_name
from tests.support.waiting import wait_for

# A message's body says how the function reports it.
SOURCE = """
import json


def handle(event, context):
    failures = []
    for record in event["Records"]:
        report = json.loads(record["body"])
        if report == "raise":
            raise ValueError("broken")
        if report == "itself":
            report = {"itemIdentifier": record["messageId"]}
        if report is not None:
            failures.append(report)
    return {"batchItemFailures": failures}
"""


@pytest.fixture(scope="module")
def function(patched: Emulator) -> str:
    return create_function(patched, SOURCE)


def left_over(emulator: Emulator, function: str, *reports: object) -> int:
    """Send one message for each report and return how many are still there when their batch is done."""
    sqs, functions = emulator.client("sqs"), emulator.client("lambda")
    # The mapping comes after the messages, so that it finds all of them at once.
    url = sqs.create_queue(QueueName=new_name("queue"), Attributes={"VisibilityTimeout": "900"})["QueueUrl"]
    for report in reports:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(report))
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    mapping = functions.create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )["UUID"]
    # A message to any queue wakes the emulator's poller, which sleeps for seconds otherwise.
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName=new_name("bell"))["QueueUrl"], MessageBody="ring")

    def is_done() -> bool:
        last = functions.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
        return last.startswith(("OK", "FAILED"))

    wait_for(is_done)
    functions.delete_event_source_mapping(UUID=mapping)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "0"
    return int(counts["ApproximateNumberOfMessagesNotVisible"])


def test_a_wrong_report_fails_the_whole_batch(patched: Emulator, function: str) -> None:
    assert left_over(patched, function, None, "itself", {"itemIdentifier": "unknown"}) == 3


def test_only_what_is_reported_stays(patched: Emulator, function: str) -> None:
    assert left_over(patched, function, None, "itself", None) == 1


def test_an_error_fails_the_whole_batch(patched: Emulator, function: str) -> None:
    assert left_over(patched, function, None, "raise") == 2


def test_stock_deletes_what_a_wrong_report_names(stock: Emulator) -> None:
    function = create_function(stock, SOURCE)

    assert left_over(stock, function, None, "itself", {"itemIdentifier": "unknown"}) == 1


WRONG_ANSWERS = [
    {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": ""}]},
    {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": None}]},
    {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemId": "b"}]},
    {"batchItemFailures": [{"itemIdentifier": "a"}, None]},
    {"batchItemFailures": "a"},
    ["a"],
    "words",
]


@pytest.mark.parametrize("answer", WRONG_ANSWERS)
def test_a_wrong_answer_acknowledges_nothing(answer: object) -> None:
    from local.patches.batch_failures import failed_messages

    assert failed_messages({"a", "b"}, answer) == {"a", "b"}


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_empty_answer_acknowledges_all(answer: object) -> None:
    from local.patches.batch_failures import failed_messages

    assert failed_messages({"a", "b"}, answer) == set()
