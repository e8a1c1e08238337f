from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from ops.mappings import QueueMapping, RedeliverSchedule
from ops.queues import Depth, depths_with_ages
from ops.redrive import FailedExecution
from ops.status.command import _alarms
from ops.status.facts import AlarmRaised, Status
from ops.status.view import render
from ops.tables import KnownWebhook
from ops.webhooks.reading import WebhookHealth
from tests.ops.conftest import QUEUES

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
WEBHOOK = KnownWebhook(
    client_id="shop",
    webhook_id="wh_1",
    endpoint_url="https://shop.example/hooks?webhook_id=wh_1",
    event_types=["order.paid"],
    created_at=None,
    subscription_arn="arn",
    status="failing",
)
ALARM = AlarmRaised(name="api-5xx", description="The API fails. See docs/runbook.md#api-5xx", since=NOW)
FAILED = FailedExecution(
    request_id="req-1", status="FAILED", error="X", stopped_at=NOW, execution_arn="arn:aws:states"
)


def health(**changes: Any) -> WebhookHealth:
    known = {
        "webhook": WEBHOOK,
        "reason": "503",
        "since": NOW,
        "oldest_waiting": NOW,
        "needs_attention": True,
    }
    return WebhookHealth(**{**known, **changes})


def mapping(state: str) -> QueueMapping:
    return QueueMapping(function="start-execution", queue="orders", state=state, result="")


def found(**changes: Any) -> Status:
    known: dict[str, Any] = {
        "api_endpoint": "https://api.example",
        "health": 200,
        "queues": [Depth(queue=name, ready=0, hidden=0) for name in QUEUES],
        "failing": [],
        "webhook_count": 1,
        "alarms": [],
        "failed_executions": [],
    }
    return Status(**{**known, **changes})


@pytest.mark.parametrize(
    ("changes", "concern"),
    [
        ({"health": 503}, "the API answers 503"),
        ({"health": 0}, "the API does not answer"),
        (
            {"queues": [Depth(queue="undelivered-unreadable", ready=2, hidden=1)]},
            "3 on undelivered-unreadable",
        ),
        ({"queues": [Depth(queue="orders-dead-letters", ready=1, hidden=0)]}, "1 on orders-dead-letters"),
        ({"queues": [Depth(queue="orders", ready=1, hidden=0, oldest_seconds=700)]}, "orders wait longer"),
        ({"alarms": [ALARM]}, "alarm api-5xx: The API fails."),
        ({"failed_executions": [FAILED]}, "1 execution failed"),
        ({"webhooks": [health()]}, "wh_1 of shop is failing"),
        ({"dead": 2}, "2 deliveries were given up"),
        ({"mappings": [mapping("Disabled")]}, "the event source mapping of start-execution on orders is"),
        ({"schedule": RedeliverSchedule(name="redeliver", state="DISABLED")}, "the schedule redeliver is"),
        (
            {"queues": [Depth(queue="undelivered", ready=1, hidden=0, oldest_seconds=4_000)]},
            "messages on undelivered wait longer than an hour",
        ),
    ],
)
def test_what_wants_attention_is_said_with_its_runbook_page(changes: dict[str, Any], concern: str) -> None:
    (said,) = found(**changes).concerns()
    assert said.startswith(concern)
    assert "docs/runbook.md#" in said


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"webhooks": [health(needs_attention=False)]},
        {"mappings": [mapping("Enabled"), mapping("Updating")]},
        {"schedule": RedeliverSchedule(name="redeliver", state="ENABLED")},
        {"queues": [Depth(queue="undelivered", ready=0, hidden=40, oldest_seconds=90)]},
        {"queues": [Depth(queue="orders", ready=500, hidden=10, oldest_seconds=3)]},
    ],
)
def test_what_looks_after_itself_wants_nobody(changes: dict[str, Any]) -> None:
    assert list(found(**changes).concerns()) == []


def test_a_client_s_query_is_not_shown() -> None:
    from rich.console import Console

    console = Console(width=200)
    with console.capture() as captured:
        for view in render(found(webhooks=[health()], webhook_count=2), ["x"], "the stack", NOW):
            console.print(view)
    assert "https://shop.example/hooks" in captured.get()
    assert "webhook_id=" not in captured.get()


def test_ages_come_from_cloudwatch_and_may_be_missing(made_up) -> None:
    target = made_up()
    with Stubber(target.client("sqs")) as sqs, Stubber(target.client("cloudwatch")) as cloudwatch:
        results = [
            {"Id": "q0", "Values": [61.0, 5.0]},
            {"Id": "q3", "Values": [9.0]},
            {"Id": "q2", "Values": []},
        ]
        cloudwatch.add_response("get_metric_data", {"MetricDataResults": results})
        for depth in ("2", "1", "1", "0", "0", "0"):
            attributes = {"ApproximateNumberOfMessages": depth, "ApproximateNumberOfMessagesNotVisible": "0"}
            sqs.add_response("get_queue_attributes", {"Attributes": attributes})
        depths = depths_with_ages(target)
    # Of an empty queue CloudWatch may still show the last message's age.
    assert [each.oldest_seconds for each in depths] == [61.0, None, None, None, None, None]


def test_only_this_stack_s_alarms_are_told(made_up) -> None:
    target = made_up()
    alarms = [
        {"AlarmName": name, "AlarmActions": [topic], "StateUpdatedTimestamp": NOW, "AlarmDescription": "d"}
        for name, topic in (("ours", target.outputs["alarms_topic_arn"]), ("theirs", "arn:aws:sns:other"))
    ]
    with Stubber(target.client("cloudwatch")) as cloudwatch:
        cloudwatch.add_response("describe_alarms", {"MetricAlarms": alarms})
        assert [each.name for each in _alarms(target)] == ["ours"]
