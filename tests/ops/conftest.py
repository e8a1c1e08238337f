from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from ops.__main__ import main
from ops.target import Target
from tests.support.checked_clients import checked_deployer, checked_operator
from tests.support.moto_cloud import DELIVERY_INDEXES, REGION, create_table, observer

__all__ = ["checked_deployer", "checked_operator"]

ACCOUNT = "123456789012"
QUEUES = {
    "orders": "orders_queue_url",
    "orders-dead-letters": "orders_dead_letters_url",
    "undelivered": "undelivered_queue_url",
    "undelivered-unreadable": "undelivered_unreadable_queue_url",
    "record-deliveries-failed": "record_deliveries_failed_queue_url",
    "record-deliveries-unreadable": "record_deliveries_unreadable_queue_url",
}


def made_up_outputs(**changes: Any) -> dict[str, Any]:
    """The outputs of a stack that nobody has deployed."""
    functions = ("accept-order", "start-execution", "save-order", "process-payment", "update-order")
    functions += ("inform-client", "release-payment", "redeliver-order", "redeliver", "record-deliveries")
    functions += ("recover-webhook", "send-test-event")
    arn = f"{REGION}:{ACCOUNT}"
    return {
        "api_endpoint": f"https://a1b2c3d4e5.execute-api.{REGION}.amazonaws.com",
        "topic_arn": f"arn:aws:sns:{arn}:order-events",
        "topic_arns": [f"arn:aws:sns:{arn}:order-events"],
        "deliveries_table_name": "deliveries",
        "alarms_topic_arn": f"arn:aws:sns:{arn}:ops",
        "state_machine_arn": f"arn:aws:states:{arn}:stateMachine:order",
        "orders_table_name": "orders",
        "webhooks_table_name": "webhooks",
        "api_auth": "iam",
        "function_names": {name: f"{name}-1" for name in functions},
        "log_group_names": {name: f"{name}-log" for name in (*functions, "order-workflow")},
        **{key: f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}" for name, key in QUEUES.items()},
        **changes,
    }


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Target]:
    """A target whose clients never get an answer that a test has not written."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    return lambda **changes: Target(name="the stack test", outputs=made_up_outputs(**changes))


class MotoStack:
    """A stack's queues, tables, topic and log groups in moto, and the commands on it."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "outputs.json"
        self.outputs = made_up_outputs()
        for name, key in QUEUES.items():
            self.outputs[key] = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        self.outputs["topic_arn"] = self.client("sns").create_topic(Name="order-events")["TopicArn"]
        self.outputs["topic_arns"] = [self.outputs["topic_arn"]]
        for name in self.outputs["log_group_names"].values():
            self.client("logs").create_log_group(logGroupName=name)
            self.client("logs").create_log_stream(logGroupName=name, logStreamName="one")
        create_table(
            "orders",
            "request_id",
            indexes={
                "by-client": ("client_id", "created_at"),
                "by-day": ("day_shard", "created_at"),
                "by-reference": ("reference", "created_at"),
            },
        )
        create_table("webhooks", "client_id", "webhook_id")
        create_table("deliveries", "pk", "sk", indexes=DELIVERY_INDEXES)

    def client(self, service: str) -> Any:
        return observer(service)

    def run(self, *arguments: str) -> int:
        self.path.write_text(json.dumps(self.outputs))
        return main(["--outputs", str(self.path), *arguments])

    def on(self, queue: str) -> list[dict[str, Any]]:
        """Return what a queue holds, and how often each message has been received before."""
        return (
            self.client("sqs")
            .receive_message(
                QueueUrl=self.outputs[QUEUES[queue]],
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
                VisibilityTimeout=0,
            )
            .get("Messages", [])
        )

    def log(self, group: str, milliseconds: int, fields: dict[str, Any]) -> None:
        self.client("logs").put_log_events(
            logGroupName=self.outputs["log_group_names"][group],
            logStreamName="one",
            logEvents=[{"timestamp": milliseconds, "message": json.dumps(fields)}],
        )


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoStack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield MotoStack(tmp_path)
