from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from ops.__main__ import main
from tests.support.envelopes import envelope

REGION = "eu-west-1"
DEAD = {"dead_since": {"DataType": "String", "StringValue": "2025-11-25T09:30:00.000Z"}}


@pytest.fixture
def queues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        urls = {
            f"{name}_queue_url": sqs.create_queue(QueueName=name)["QueueUrl"]
            for name in ("dead_webhooks", "undelivered")
        }
        (tmp_path / "outputs.json").write_text(json.dumps(urls))
        for client, event_id in (("shop", "event-1"), ("shop", "event-2"), ("depot", "event-3")):
            body = envelope(client_id=client, event_id=event_id)
            sqs.send_message(
                QueueUrl=urls["dead_webhooks_queue_url"], MessageBody=body, MessageAttributes=DEAD
            )
        sqs.send_message(QueueUrl=urls["dead_webhooks_queue_url"], MessageBody="{")

        def run(*arguments: str) -> int:
            return main(["--outputs", str(tmp_path / "outputs.json"), "--region", REGION, *arguments])

        def on(name: str) -> list[dict[str, Any]]:
            return sqs.receive_message(
                QueueUrl=urls[f"{name}_queue_url"],
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                VisibilityTimeout=0,
            ).get("Messages", [])

        yield run, on


def test_the_dead_are_listed_and_stay(queues, capsys) -> None:
    run, on = queues
    assert run("dead-webhooks", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert sorted((each["client_id"], each["event_id"]) for each in listed) == [
        ("", ""),
        ("depot", "event-3"),
        ("shop", "event-1"),
        ("shop", "event-2"),
    ]
    assert len(on("dead_webhooks")) == 4


@pytest.mark.parametrize(
    ("arguments", "replayed"),
    [([], 4), (["--client", "shop"], 2), (["--event", "event-3"], 1), (["--client", "nobody"], 0)],
)
def test_those_that_are_wanted_are_moved_as_they_are(queues, arguments: list[str], replayed: int) -> None:
    run, on = queues
    assert run("replay", *arguments) == (0 if replayed else 1)
    moved = on("undelivered")
    assert (len(moved), len(on("dead_webhooks"))) == (replayed, 4 - replayed)
    for each in moved:
        if each["Body"] != "{":
            assert each["MessageAttributes"]["dead_since"] == DEAD["dead_since"]
