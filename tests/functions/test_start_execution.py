"""What becomes of the queue's messages when the workflow does not take them, or when they are no orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from functions.adapters import aws
from functions.domain.execution import OrderMessage, execution_name
from functions.domain.instant import now, timestamp
from functions.handlers import process_payment, save_order, start_execution, update_order
from tests.support.messages import message, sqs_event
from tests.support.orders import order_payload

THROTTLED = ("ThrottlingException", 400)


class Fakes:
    """Step Functions that refuses when a test wants it, and what was asked of it and of SQS."""

    def __init__(self, cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.hidden: list[tuple[str, int]] = []
        self.refusals: Callable[[str], Exception | None] = lambda _: None
        workflow, queue = aws.stepfunctions(), aws.sqs()
        start = workflow.start_execution

        def start_or_refuse(**arguments: Any) -> Any:
            self.asked.append(arguments["name"])
            refusal = self.refusals(arguments["name"])
            if refusal is not None:
                raise refusal
            return start(**arguments)

        def hide(**arguments: Any) -> None:
            assert arguments["QueueUrl"] == cloud.queue_url
            self.hidden.append((arguments["ReceiptHandle"], arguments["VisibilityTimeout"]))

        monkeypatch.setattr(workflow, "start_execution", start_or_refuse)
        monkeypatch.setattr(queue, "change_message_visibility", hide)
        monkeypatch.setattr("random.random", lambda: 0.0)

    def refuse(self, code: str, status: int, *request_ids: str) -> None:
        """Refuse the executions of these orders, or all of them."""
        names = [execution_name(each) for each in request_ids]
        answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        error = aws.stepfunctions().exceptions.from_code(code)(answer, "StartExecution")
        self.refusals = lambda name: error if not names or name in names else None


@pytest.fixture
def fakes(cloud, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    return Fakes(cloud, monkeypatch)


def batch(*bodies: str, receive_count: int = 1) -> dict[str, Any]:
    event = sqs_event(*bodies)
    for number, record in enumerate(event["Records"], start=1):
        record["receiptHandle"] = f"handle-{number}"
        record["attributes"]["ApproximateReceiveCount"] = str(receive_count)
    return event


def days_ago(days: float) -> str:
    return timestamp(now() - timedelta(days=days))


def failed(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": f"msg-{number}"} for number in numbers]}


def test_what_is_throttled_comes_again_and_the_rest_of_its_batch_is_not_even_tried(
    cloud, context, fakes, log_lines
) -> None:
    fakes.refuse(*THROTTLED, "req-2", "req-3", "req-4")
    bodies = [message(f"req-{number}") for number in (1, 2, 3, 4)]
    assert start_execution.handle(batch(*bodies), context) == failed(2, 3, 4)
    assert fakes.asked == [execution_name("req-1"), execution_name("req-2")]
    assert fakes.hidden == [("handle-2", 2), ("handle-3", 2), ("handle-4", 2)]
    assert set(cloud.executions()) == {execution_name("req-1")}
    lines = log_lines()
    assert [(line["level"], line["outcome"]) for line in lines] == [("INFO", "started")] + 3 * [
        ("INFO", "deferred")
    ]
    assert [line.get("hidden_seconds") for line in lines] == [None, 2, 2, 2]


def test_each_deferral_of_an_order_is_counted(cloud, context, fakes, counted) -> None:
    fakes.refuse(*THROTTLED, "req-2", "req-3")
    start_execution.handle(batch(message("req-1"), message("req-2"), message("req-3")), context)
    own = {"namespace": "order-webhooks/test", "service": "order-webhooks"}
    assert counted() == 2 * [{**own, "OrdersDeferred": [1.0]}]


@pytest.mark.parametrize(
    ("receive_count", "seconds"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 900), (100, 900)]
)
def test_it_waits_longer_each_time(cloud, context, fakes, receive_count, seconds) -> None:
    fakes.refuse(*THROTTLED)
    start_execution.handle(batch(message(), receive_count=receive_count), context)
    assert fakes.hidden == [("handle-1", seconds)]


@pytest.mark.parametrize(
    "refusal",
    [("InternalFailure", 500), ("ServiceUnavailable", 503), ("ExecutionLimitExceeded", 400)],
)
def test_an_outage_is_treated_like_a_throttle(cloud, context, fakes, refusal) -> None:
    fakes.refuse(*refusal)
    assert start_execution.handle(batch(message("req-1"), message("req-2")), context) == failed(1, 2)
    assert fakes.asked == [execution_name("req-1")]


def test_so_is_silence(cloud, context, fakes) -> None:
    fakes.refusals = lambda _: ReadTimeoutError(endpoint_url="https://states")
    assert start_execution.handle(batch(message("req-1"), message("req-2")), context) == failed(1, 2)
    assert fakes.asked == [execution_name("req-1")]


def test_what_is_refused_for_itself_comes_again_alone_and_is_an_error(
    cloud, context, fakes, log_lines
) -> None:
    fakes.refuse("AccessDeniedException", 400, "req-1")
    assert start_execution.handle(batch(message("req-1"), message("req-2")), context) == failed(1)
    assert fakes.hidden == [("handle-1", 2)]
    assert set(cloud.executions()) == {execution_name("req-2")}
    assert [(line["level"], line["outcome"]) for line in log_lines()] == [
        ("ERROR", "error"),
        ("INFO", "started"),
    ]


def test_where_sqs_refuses_too_the_message_comes_again_all_the_same(
    cloud, context, fakes, monkeypatch, log_lines
) -> None:
    fakes.refuse(*THROTTLED)

    def refuse(**_: Any) -> None:
        answer = {"Error": {"Code": "RequestThrottled", "Message": "no"}, "ResponseMetadata": {}}
        raise aws.sqs().exceptions.ClientError(answer, "ChangeMessageVisibility")

    monkeypatch.setattr(aws.sqs(), "change_message_visibility", refuse)
    assert start_execution.handle(batch(message()), context) == failed(1)
    assert "RequestThrottled" in log_lines()[0]["not_hidden"]


BAD_ORDER = {
    "request_id": "x",
    "client_id": "shop",
    "received_at": "now",
    "order": {**order_payload(), "4242424242424242": "secret", "metadata": {"secret": 1}},
}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "not an order (message: is not JSON)"),
        ('{"request_id": "x", "client_id": "y", "received_at": "z"}', "not an order (order: is missing)"),
        ('"order"', "not an order (message: is not an object)"),
        ("[" * 100_000, "not an order (message: is not JSON)"),
        (
            json.dumps({**json.loads(message()), "client_id": 7, "order": order_payload(reference=7)}),
            "not an order (client_id: is not a text, order.reference: is not a text)",
        ),
        (
            json.dumps(BAD_ORDER),
            "not an order (order.metadata: has a value that is not a text)",
        ),
    ],
)
def test_what_is_no_order_is_dead_lettered_with_the_reason(
    cloud, context, fakes, log_lines, body, reason
) -> None:
    assert start_execution.handle(batch(body, message("req-2")), context) == failed()
    (dead,) = cloud.client("sqs").receive_message(
        QueueUrl=cloud.dead_queue_url, MessageAttributeNames=["All"]
    )["Messages"]
    assert dead["Body"] == body
    attributes = {name: each["StringValue"] for name, each in dead["MessageAttributes"].items()}
    assert attributes == {"reason": reason, "message_id": "msg-1"}
    assert set(cloud.executions()) == {execution_name("req-2")}
    line = log_lines()[0]
    assert (line["outcome"], line["reason"]) == ("dead_lettered", reason)
    assert not any(secret in json.dumps(line) for secret in ("4242", "secret"))


def test_what_cannot_be_dead_lettered_is_received_again(cloud, context, fakes, monkeypatch) -> None:
    monkeypatch.setenv("ORDERS_DEAD_LETTERS_URL", cloud.dead_queue_url + "-gone")
    assert start_execution.handle(batch("{"), context) == failed(1)


@pytest.mark.parametrize("accepted", [14.01, 30, "2026-11-25T09:30:00", "now"])
def test_an_order_accepted_too_long_ago_is_dead_lettered_with_the_reason(
    cloud, context, fakes, log_lines, accepted
) -> None:
    """Its record, with the charge, may have expired: started again, it might be paid twice."""
    received_at = accepted if isinstance(accepted, str) else days_ago(accepted)
    assert start_execution.handle(batch(message("req-1", received_at), message("req-2")), context) == failed()
    assert fakes.asked == [execution_name("req-2")]
    (dead,) = cloud.client("sqs").receive_message(
        QueueUrl=cloud.dead_queue_url, MessageAttributeNames=["All"]
    )["Messages"]
    assert json.loads(dead["Body"])["request_id"] == "req-1"
    line = log_lines()[0]
    assert (line["outcome"], line["request_id"]) == ("dead_lettered", "req-1")
    assert line["reason"] == dead["MessageAttributes"]["reason"]["StringValue"]
    assert "days ago" in line["reason"] or "not a timestamp" in line["reason"]


def test_an_order_accepted_just_in_time_is_started(cloud, context, fakes) -> None:
    assert start_execution.handle(batch(message("req-1", days_ago(13.99))), context) == failed()
    assert fakes.asked == [execution_name("req-1")]


def test_a_paid_order_whose_record_has_expired_is_not_paid_again(cloud, context, fakes) -> None:
    accepted = message("req-1", days_ago(20))
    start = OrderMessage.read(accepted).execution_input("msg-1")
    saved = save_order.handle(start, context)
    payment = process_payment.handle({**saved, "attempt": 0}, context)
    update_order.handle({**saved, "payment": payment}, context)
    cloud.client("dynamodb").delete_item(TableName="orders", Key={"request_id": {"S": "req-1"}})
    assert start_execution.handle(batch(accepted), context) == failed()
    assert fakes.asked == []
