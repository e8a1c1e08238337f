"""The handler of redeliver on a real table: what is due is published for its webhook alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import WebhookState
from functions.handlers import redeliver
from tests.support.moto_cloud import Cloud

NOW = datetime.now(UTC).replace(microsecond=0)


class Killed(BaseException):
    """The function's process is gone: nothing in it runs on."""


@pytest.fixture
def deliveries(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> DeliveriesTable:
    variables = {
        "TOPIC_ARN": cloud.topic_arn,
        "TOPIC_NAMES": "order-events",
        "DELIVERIES_TABLE_NAME": "deliveries",
        "REDELIVERY_DELAYS_SECONDS": "7200,18000",
        "LONGEST_DELIVERY_SECONDS": "3600",
        "DISABLE_AFTER_DAYS": "5",
        "MAX_PER_MINUTE": "600",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    cloud.listen()
    cloud.client("dynamodb").put_item(
        TableName="webhooks",
        Item={
            "client_id": {"S": "shop"},
            "webhook_id": {"S": "wh_1"},
            "created_at": {"S": "2026-11-25T09:30:00.000Z"},
            "confirmed_at": {"S": "2026-11-25T09:31:00.000Z"},
            "event_types": {"L": [{"S": "order.paid"}]},
            "url": {"S": "https://shop.example/hook"},
            "subscription_arn": {"S": f"{cloud.topic_arn}:1"},
        },
    )
    table = DeliveriesTable(aws.dynamodb(), "deliveries")
    table.save_state(
        WebhookState(
            client_id="shop",
            webhook_id="wh_1",
            registration="2026-11-25T09:30:00.000Z",
            work_at=NOW,
            woken_at=NOW - timedelta(hours=1),
        )
    )
    return table


def owed(table: DeliveriesTable, number: int) -> Row:
    event_time = f"2026-11-25T10:{number:02}:00.000Z"
    table.create_event(
        StoredEvent(
            event_id=f"e-{number}",
            client_id="shop",
            event_type="order.paid",
            subject=f"req-{number}",
            event_time=event_time,
            document=json.dumps({"id": f"e-{number}"}),
            md5="0" * 32,
            webhook_ids=("wh_1",),
        ),
        NOW,
    )
    row = Row(
        webhook_id="wh_1",
        event_id=f"e-{number}",
        event_time=event_time,
        client_id="shop",
        registration="2026-11-25T09:30:00.000Z",
        event_type="order.paid",
        subject=f"req-{number}",
        document_md5="0" * 32,
        state=RowState.OWED,
        trigger=Trigger.ORDER,
        created_at=NOW,
    )
    table.create_rows([row])
    return row


def published(cloud: Cloud) -> list[tuple[str, Any]]:
    """The event IDs and audiences of what was published."""
    return [
        (json.loads(each["Message"])["id"], json.loads(each["MessageAttributes"]["audience"]["Value"]))
        for each in cloud.messages()
    ]


def test_owed_rows_are_published_for_their_webhook_alone(cloud: Cloud, deliveries, context) -> None:
    rows = [owed(deliveries, number) for number in (2, 1)]
    redeliver.handle({}, context)
    assert sorted(published(cloud)) == [("e-1", ["wh_1"]), ("e-2", ["wh_1"])]
    for row in rows:
        stored = deliveries.find_row("wh_1", row.key)
        assert stored is not None
        assert (stored.state, stored.publications, stored.trigger) == (RowState.PENDING, 1, Trigger.ORDER)
        assert stored.sns_message_id is not None
        (message,) = deliveries.find_messages([stored.sns_message_id]).values()
        assert message.claim == stored.claim
    state = deliveries.find_state("wh_1")
    assert state is not None
    assert state.work_at is None


@pytest.mark.parametrize("has_error", [False, True])
def test_only_a_run_without_an_error_counts_as_completed(
    cloud: Cloud, deliveries, context, counted, monkeypatch: pytest.MonkeyPatch, has_error: bool
) -> None:
    owed(deliveries, 1)
    if has_error:
        monkeypatch.setattr(redeliver.EventTopics, "publish", lambda *_: 1 / 0)
    redeliver.handle({}, context)
    names = {name for metrics in counted() for name in metrics}
    assert ("RedeliveryRunsCompleted" in names) is not has_error
    assert "OldestDueSeconds" in names


def test_nothing_is_published_while_another_run_has_the_lease(cloud: Cloud, deliveries, context) -> None:
    owed(deliveries, 1)
    schedule = DeliveriesSchedule(aws.dynamodb(), "deliveries")
    schedule.acquire_lease("another", NOW, NOW + timedelta(hours=1))
    redeliver.handle({}, context)
    assert published(cloud) == []


def test_a_paused_webhook_receives_nothing_and_loses_nothing(cloud: Cloud, deliveries, context) -> None:
    row = owed(deliveries, 1)
    cloud.client("dynamodb").update_item(
        TableName="webhooks",
        Key={"client_id": {"S": "shop"}, "webhook_id": {"S": "wh_1"}},
        UpdateExpression="SET #status = :paused",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":paused": {"S": "paused"}},
    )
    redeliver.handle({}, context)
    assert published(cloud) == []
    assert deliveries.find_row("wh_1", row.key) == row
    state = deliveries.find_state("wh_1")
    assert state is not None
    assert state.work_at is not None
    assert state.work_at > NOW + timedelta(days=29)


@pytest.mark.parametrize("call", ["find_event", "put_message", "save_row"])
def test_a_run_that_was_killed_is_continued(cloud: Cloud, deliveries, context, monkeypatch, call) -> None:
    row = owed(deliveries, 1)
    calls = []

    def killed(*arguments: Any, **named: Any) -> Any:
        calls.append(call)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(DeliveriesTable, call, killed)
        with pytest.raises(Killed):
            redeliver.handle({}, context)
    assert calls
    stored = deliveries.find_row("wh_1", row.key)
    assert stored is not None
    if stored.state is RowState.PENDING:
        # Two minutes later.
        assert stored.deadline_at is not None
        deliveries.save_row(replace(stored, deadline_at=NOW - timedelta(seconds=1)))
    redeliver.handle({}, context)
    assert published(cloud)[-1] == ("e-1", ["wh_1"])
    stored = deliveries.find_row("wh_1", row.key)
    assert stored is not None
    assert stored.sns_message_id is not None


@pytest.mark.parametrize(("minute", "reported"), [(20, [[0]]), (21, [])])
def test_every_ten_minutes_a_run_reports_how_full_the_topics_are(
    cloud: Cloud,
    deliveries,
    context,
    counted,
    monkeypatch: pytest.MonkeyPatch,
    minute: int,
    reported: list[list[int]],
) -> None:
    # moto counts no subscriptions.
    monkeypatch.setattr(redeliver, "now", lambda: datetime.now(UTC).replace(minute=minute))
    redeliver.handle({}, context)
    values = [each["WebhookTopicUsedPercent"] for each in counted() if "WebhookTopicUsedPercent" in each]
    assert values == reported
