"""A moto account with what the functions reach, and the environment they read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.adapters import aws
from tests.support.request_models import check_requests_of_all

REGION = "eu-west-1"
DELIVERY_INDEXES = {"by-schedule": ("schedule_key", "schedule_at"), "by-due": ("due_webhook", "sk")}


@dataclass
class Cloud:
    """Clients to look with, and names to look for."""

    queue_url: str
    topic_arn: str
    state_machine_arn: str
    orders_table_name: str = "orders"
    idempotency_table_name: str = "idempotency"
    webhooks_table_name: str = "webhooks"
    deliveries_table_name: str = "deliveries"
    dead_queue_url: str = ""
    failed_queue_url: str = ""

    def client(self, service: str) -> Any:
        return observer(service)

    @property
    def queue_arn(self) -> str:
        """The ARN of the one queue that stands for every queue."""
        attributes = self.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["QueueArn"]
        )
        return attributes["Attributes"]["QueueArn"]

    def listen(self) -> None:
        """Have the queue hear everything that is published."""
        self.client("sns").subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=self.queue_arn)

    def messages(self) -> list[dict[str, Any]]:
        received = self.client("sqs").receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]

    def executions(self) -> dict[str, dict[str, Any]]:
        """The input of each execution that was started, by the execution's name."""
        sfn = self.client("stepfunctions")
        listed = sfn.list_executions(stateMachineArn=self.state_machine_arn)["executions"]
        described = [sfn.describe_execution(executionArn=each["executionArn"]) for each in listed]
        return {each["name"]: json.loads(each["input"]) for each in described}


@cache
def observer(service: str) -> Any:
    """Return the tests' own client of a service: moto answers those of earlier tests too."""
    return _session().client(service, region_name=REGION)


def create_table(name: str, *keys: str, indexes: Mapping[str, tuple[str, str]] | None = None) -> None:
    """Create a table with one or two text keys, and indexes by their names and keys."""
    attributes = {*keys, *(key for pair in (indexes or {}).values() for key in pair)}
    made = [
        {"IndexName": index, "KeySchema": _key_schema(pair), "Projection": {"ProjectionType": "ALL"}}
        for index, pair in (indexes or {}).items()
    ]
    observer("dynamodb").create_table(
        TableName=name,
        KeySchema=_key_schema(keys),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(attributes)],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": made} if made else {}),
    )


def _key_schema(keys: Sequence[str]) -> list[dict[str, str]]:
    kinds = zip(keys, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": key, "KeyType": kind} for key, kind in kinds]


make_client = aws._client.__wrapped__
"""Makes a client as the functions do: for a test that changes it."""

# Making clients and a session, which knows nothing of botocore's files, would be half of the time of a test.
_functions_client = cache(make_client)


@cache
def _session() -> boto3.Session:
    return check_requests_of_all(boto3.Session())


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "order-webhooks")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "order-webhooks/test")
    with mock_aws(), monkeypatch.context() as patched:
        patched.setattr(boto3, "DEFAULT_SESSION", _session())
        patched.setattr(aws, "_client", _functions_client)
        create_table("orders", "request_id", indexes={"by-client": ("client_id", "created_at")})
        create_table("idempotency", "key")
        create_table("webhooks", "client_id", "webhook_id")
        create_table("deliveries", "pk", "sk", indexes=DELIVERY_INDEXES)
        sfn = observer("stepfunctions")
        definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
        machine = sfn.create_state_machine(
            name="order", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/order"
        )
        made = Cloud(
            queue_url=observer("sqs").create_queue(QueueName="orders")["QueueUrl"],
            topic_arn=observer("sns").create_topic(Name="order-events")["TopicArn"],
            state_machine_arn=machine["stateMachineArn"],
        )
        made.dead_queue_url = observer("sqs").create_queue(QueueName="dead")["QueueUrl"]
        made.failed_queue_url = observer("sqs").create_queue(QueueName="failed")["QueueUrl"]
        variables = {
            "API_AUTH": "none",
            "API_ROUTES": "POST /orders,GET /orders/{request_id}",
            "ORDERS_QUEUE_URL": made.queue_url,
            "ORDERS_DEAD_LETTERS_URL": made.dead_queue_url,
            "ORDERS_TABLE_NAME": made.orders_table_name,
            "ORDER_TTL_DAYS": "0",
            "IDEMPOTENCY_TABLE_NAME": made.idempotency_table_name,
            "IDEMPOTENCY_KEY_TTL_HOURS": "24",
            "STATE_MACHINE_ARN": made.state_machine_arn,
            "PAYMENT_PROVIDER": "simulated",
            "PAYMENT_SECRET_ARN": "",
            "STRIPE_API_BASE": "",
            "TOPIC_ARN": made.topic_arn,
            "WEBHOOKS_TABLE_NAME": made.webhooks_table_name,
            "DELIVERIES_TABLE_NAME": made.deliveries_table_name,
            "UNDELIVERED_QUEUE_ARN": made.queue_arn,
            "UNDELIVERED_QUEUE_URL": made.queue_url,
            "UNREADABLE_QUEUE_URL": made.dead_queue_url,
            "FAILED_QUEUE_URL": made.failed_queue_url,
            "LONGEST_DELIVERY_SECONDS": "3600",
            "DISABLE_AFTER_DAYS": "5",
            "MAX_PER_MINUTE": "600",
            "TOPIC_NAMES": "order-events",
            "REDELIVERY_DELAYS_SECONDS": "7200,18000",
            "MAX_WEBHOOKS_PER_CLIENT": "3",
            "ALLOW_LOCAL_WEBHOOKS": "false",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def context() -> Any:
    return SimpleNamespace(
        aws_request_id="function-request-1",
        get_remaining_time_in_millis=lambda: 10_000,
        function_name="f",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:f",
    )
