"""Redelivery: nothing is lost wherever the function dies, and nothing goes to a webhook that is gone."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.undelivered_queue import UndeliveredQueue
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.backoff import backoff_seconds
from functions.domain.redelivery import LONGEST_HIDING_SECONDS
from functions.domain.webhook import Webhook
from functions.handlers import redeliver
from tests.support.envelopes import SUBSCRIPTION_ARN, envelope


class Killed(BaseException):
    """The function's process is gone: nothing in it runs on."""


class Queue:
    """The undelivered queue as its consumer sees it: what is not processed is received again."""

    def __init__(self, cloud: Any, context: Any) -> None:
        self._sqs = cloud.client("sqs")
        self._context = context
        self.url = self._sqs.create_queue(QueueName="undelivered")["QueueUrl"]
        self.dead_url = cloud.dead_queue_url

    def put(self, body: str, *, dead_since: str | None = None) -> None:
        attribute = {"dead_since": {"DataType": "String", "StringValue": dead_since}} if dead_since else {}
        self._sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageAttributes=attribute)

    def consume(self, *, aged_seconds: float = 0, forced: bool = True) -> list[dict[str, Any]]:
        """One round of the event source mapping; `forced` does not wait for what is hidden."""
        if forced:
            self._unhide()
        received = self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        ).get("Messages", [])
        if not received:
            return []
        answer = redeliver.handle(
            {"Records": [_record(each, aged_seconds) for each in received]}, self._context
        )
        kept = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        for each in received:
            if each["MessageId"] not in kept:
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
        return received

    def waiting(self) -> int:
        attributes = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]) + int(
            attributes["ApproximateNumberOfMessagesNotVisible"]
        )

    def dead(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self.dead_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
        )
        return answer.get("Messages", [])

    def _unhide(self) -> None:
        for message in sqs_backend_messages(self.url):
            message.visible_at = 0


def sqs_backend_messages(url: str) -> list[Any]:
    from moto.sqs.models import sqs_backends

    return sqs_backends["123456789012"]["eu-west-1"].queues[url.rpartition("/")[2]]._messages


def _record(message: dict[str, Any], aged_seconds: float) -> dict[str, Any]:
    attributes = {
        name: {"stringValue": each["StringValue"], "dataType": each["DataType"]}
        for name, each in message.get("MessageAttributes", {}).items()
    }
    sent_at = int((time.time() - aged_seconds) * 1000)
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {**message["Attributes"], "SentTimestamp": str(sent_at)},
        "messageAttributes": attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:undelivered",
        "awsRegion": "eu-west-1",
    }


@pytest.fixture
def queue(cloud, context, monkeypatch) -> Queue:
    made = Queue(cloud, context)
    monkeypatch.setenv("UNDELIVERED_QUEUE_URL", made.url)
    cloud.listen()
    return made


@pytest.fixture
def webhook(cloud) -> Webhook:
    made = Webhook(
        client_id="shop",
        webhook_id="wh_1",
        url="https://shop.example/",
        event_types=["order.paid"],
        subscription_arn=SUBSCRIPTION_ARN,
    )
    WebhooksTable(aws.dynamodb(), "webhooks").create(made, max_per_client=9)
    return made


def test_an_event_waits_for_its_hour(cloud, queue: Queue, webhook: Webhook) -> None:
    queue.put(envelope())
    queue.consume()
    assert (queue.waiting(), cloud.messages()) == (1, [])
    (message,) = sqs_backend_messages(queue.url)
    assert 7_100 < message.visible_at / 1000 - time.time() <= 7_201


def test_a_wait_longer_than_sqs_hides_is_made_of_several(cloud, queue, webhook, monkeypatch) -> None:
    monkeypatch.setenv("REDELIVERY_DELAYS_SECONDS", "86400")
    queue.put(envelope())
    queue.consume()
    (message,) = sqs_backend_messages(queue.url)
    assert 43_000 < message.visible_at / 1000 - time.time() <= LONGEST_HIDING_SECONDS
    queue.consume(aged_seconds=LONGEST_HIDING_SECONDS)
    assert (queue.waiting(), cloud.messages()) == (1, [])
    queue.consume(aged_seconds=86_400)
    assert (queue.waiting(), len(cloud.messages())) == (0, 1)


def test_when_its_hour_has_come_it_goes_to_its_webhook_alone(cloud, queue: Queue, webhook: Webhook) -> None:
    queue.put(envelope(redelivery=1))
    queue.consume(aged_seconds=18_000)
    (published,) = cloud.messages()
    assert published["Message"] == json.dumps(
        json.loads(json.loads(envelope())["Message"]), separators=(",", ":")
    )
    assert {name: each["Value"] for name, each in published["MessageAttributes"].items()} == {
        "client_id": "shop",
        "event_type": "order.paid",
        "audience": '["wh_1"]',
        "redelivery": "2",
    }
    assert queue.waiting() == 0
    stored = WebhooksTable(aws.dynamodb(), "webhooks").find("shop", "wh_1")
    assert stored.status(pending=False, now=stored.failing_until[:10]) == "failing"


def test_after_the_last_delay_it_is_dead_lettered_as_it_was(cloud, queue: Queue, webhook: Webhook) -> None:
    queue.put(envelope(redelivery=2))
    queue.consume(aged_seconds=10)
    (dead,) = queue.dead()
    assert dead["Body"] == envelope(redelivery=2)
    assert "dead_since" in dead["MessageAttributes"]
    assert (queue.waiting(), cloud.messages()) == (0, [])


def test_what_an_operator_replays_is_published_at_once_and_has_all_its_turns_again(
    cloud, queue, webhook
) -> None:
    queue.put(envelope(redelivery=2), dead_since="2025-11-25T09:30:00.000Z")
    queue.consume()
    (published,) = cloud.messages()
    assert published["MessageAttributes"]["redelivery"]["Value"] == "1"


def test_an_event_for_a_deleted_webhook_is_dropped(cloud, queue: Queue, webhook: Webhook) -> None:
    queue.put(envelope())
    queue.consume()
    WebhooksTable(aws.dynamodb(), "webhooks").delete(webhook)
    queue.consume(aged_seconds=7_200)
    assert (queue.waiting(), cloud.messages(), queue.dead()) == (0, [], [])


def test_of_a_clients_webhooks_the_one_that_missed_it_gets_it(cloud, queue: Queue, webhook: Webhook) -> None:
    other = webhook.model_copy(update={"webhook_id": "wh_0", "subscription_arn": SUBSCRIPTION_ARN + "0"})
    WebhooksTable(aws.dynamodb(), "webhooks").create(other, max_per_client=9)
    queue.put(envelope())
    queue.consume(aged_seconds=7_200)
    (published,) = cloud.messages()
    assert published["MessageAttributes"]["audience"]["Value"] == '["wh_1"]'


def test_another_clients_webhook_is_never_taken_for_it(cloud, queue: Queue, webhook: Webhook) -> None:
    queue.put(envelope(client_id="store"))
    queue.consume(aged_seconds=7_200)
    assert cloud.messages() == []


def test_a_test_event_is_not_tried_for_days(cloud, queue: Queue, webhook: Webhook) -> None:
    queue.put(envelope(event_type="webhook.test"))
    queue.consume()
    assert (queue.waiting(), cloud.messages(), queue.dead()) == (0, [], [])


def test_what_cannot_be_read_is_dead_lettered_at_once(
    cloud, queue: Queue, webhook: Webhook, log_lines
) -> None:
    queue.put("{")
    queue.put(envelope())
    queue.consume(aged_seconds=7_200)
    assert queue.waiting() == 0
    assert len(cloud.messages()) == 1
    (dead,) = queue.dead()
    assert dead["Body"] == "{"
    assert "not an SNS envelope" in next(line["reason"] for line in log_lines() if line.get("reason"))


@pytest.mark.parametrize("receive_count", [1, 5, 80])
@pytest.mark.parametrize("refuses", [(EventTopic, "publish"), (WebhooksTable, "of_client")])
def test_what_aws_refuses_is_deferred_longer_each_time_and_counted(
    cloud, queue: Queue, webhook: Webhook, monkeypatch, log_lines, counted, refuses, receive_count: int
) -> None:
    def refuse(*_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://sns")

    hidden: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(*refuses, refuse)
        patched.setattr(UndeliveredQueue, "hide", lambda _, handle, seconds: hidden.append(seconds))
        patched.setattr("random.random", lambda: 0.0)
        queue.put(envelope())
        sqs_backend_messages(queue.url)[0].approximate_receive_count = receive_count - 1
        queue.consume(aged_seconds=7_200)
    assert hidden == [backoff_seconds(receive_count, 0.0)]
    assert (queue.waiting(), cloud.messages(), queue.dead()) == (1, [], [])
    own = {"namespace": "order-webhooks/test", "service": "order-webhooks"}
    assert counted() == [{**own, "RedeliveriesDeferred": [1.0]}]
    queue.consume(aged_seconds=7_200)
    assert (queue.waiting(), len(cloud.messages())) == (0, 1)


def test_where_sqs_refuses_too_the_event_comes_again_all_the_same(
    cloud, queue: Queue, webhook: Webhook, monkeypatch, log_lines
) -> None:
    def refuse(*_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://aws")

    monkeypatch.setattr(EventTopic, "publish", refuse)
    monkeypatch.setattr(UndeliveredQueue, "hide", refuse)
    queue.put(envelope())
    queue.consume(aged_seconds=7_200)
    assert queue.waiting() == 1
    assert "https://aws" in log_lines()[0]["not_hidden"]


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Kill the function at its n-th call to AWS, before or after the call takes effect."""
    original = aws._client
    plan: dict[str, Any] = {"at": None, "count": 0}

    class Mortal:
        def __init__(self, client: Any) -> None:
            self._wrapped = client

        def __getattr__(self, name: str) -> Any:
            attribute = getattr(self._wrapped, name)
            if not callable(attribute) or name in ("exceptions", "meta"):
                return attribute

            def call(*args: Any, **kwargs: Any) -> Any:
                number, plan["count"] = plan["count"], plan["count"] + 1
                if plan["at"] == (number, "before"):
                    raise Killed
                answer = attribute(*args, **kwargs)
                if plan["at"] == (number, "after"):
                    raise Killed
                return answer

            return call

    monkeypatch.setattr(aws, "_client", lambda service: Mortal(original(service)))

    def arm(at: tuple[int, str] | None) -> None:
        plan.update(at=at, count=0)

    arm.count = lambda: plan["count"]  # type: ignore[attr-defined]
    return arm


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("redeliveries", "aged_seconds"), [(0, 10), (0, 7_200), (2, 10)], ids=["waiting", "due", "used up"]
)
def test_wherever_the_function_is_killed_nothing_is_lost(
    cloud, queue: Queue, webhook: Webhook, kill, redeliveries: int, aged_seconds: float, moment: str
) -> None:
    body = envelope(redelivery=redeliveries)
    queue.put(body)
    kill(None)
    queue.consume(aged_seconds=aged_seconds)
    calls = kill.count()
    assert calls >= 3
    published_once, dead_once, waiting_once = len(cloud.messages()), len(queue.dead()), queue.waiting()
    assert published_once + dead_once + waiting_once == 1

    for number in range(calls):
        for url in (cloud.queue_url, queue.dead_url, queue.url):
            sqs_backend_messages(url).clear()
        queue.put(body)
        kill((number, moment))
        with pytest.raises(Killed):
            queue.consume(aged_seconds=aged_seconds)
        assert queue.waiting() == 1, f"lost when killed {moment} call {number}"
        kill(None)
        queue.consume(aged_seconds=aged_seconds)
        assert queue.waiting() == waiting_once
        assert len(queue.dead()) >= dead_once
        assert len(cloud.messages()) >= published_once
