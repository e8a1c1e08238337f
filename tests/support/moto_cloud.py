"""A moto account with what the functions reach, and the environment they read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.adapters import aws

REGION = "eu-west-1"


@dataclass
class Cloud:
    """Clients to look with, and names to look for."""

    queue_url: str
    topic_arn: str
    state_machine_arn: str
    orders_table_name: str = "orders"
    idempotency_table_name: str = "idempotency"

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION)

    def messages(self) -> list[dict[str, Any]]:
        received = self.client("sqs").receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]


def _table(name: str, key: str) -> None:
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "order-webhooks")
    with mock_aws():
        monkeypatch.setattr(aws, "_client", cache(aws._client.__wrapped__))
        _table("orders", "request_id")
        _table("idempotency", "key")
        sfn = boto3.client("stepfunctions", region_name=REGION)
        definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
        machine = sfn.create_state_machine(
            name="order", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/order"
        )
        made = Cloud(
            queue_url=boto3.client("sqs", region_name=REGION).create_queue(QueueName="orders")["QueueUrl"],
            topic_arn=boto3.client("sns", region_name=REGION).create_topic(Name="order-events")["TopicArn"],
            state_machine_arn=machine["stateMachineArn"],
        )
        variables = {
            "API_AUTH": "none",
            "API_ROUTES": "POST /orders,GET /orders/{request_id}",
            "ORDERS_QUEUE_URL": made.queue_url,
            "ORDERS_TABLE_NAME": made.orders_table_name,
            "ORDER_TTL_DAYS": "0",
            "IDEMPOTENCY_TABLE_NAME": made.idempotency_table_name,
            "IDEMPOTENCY_KEY_TTL_HOURS": "24",
            "STATE_MACHINE_ARN": made.state_machine_arn,
            "PAYMENT_PROVIDER": "simulated",
            "TOPIC_ARN": made.topic_arn,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def context() -> Any:
    return SimpleNamespace(
        aws_request_id="function-request-1",
        function_name="f",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:f",
    )
