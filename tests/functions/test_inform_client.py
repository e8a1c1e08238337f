"""The workflow's last step: nothing is lost wherever it dies, and nothing that is stored is changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import row_of
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import Row, RowState
from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.webhook import Webhook
from functions.handlers import inform_client
from tests.support.moto_cloud import Cloud
from tests.support.orders import pending_order

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
CREATED = "2026-11-25T09:00:00.000Z"
ORDER = {**pending_order().document(), "status": "paid", "payment": {"id": "pi_1", "status": "approved"}}


class Killed(BaseException):
    """The function's process is gone: nothing in it runs on."""


def subscription_arn(webhook_id: str) -> str:
    return f"arn:aws:sns:eu-west-1:123456789012:order-events:{webhook_id}"


def register(webhook_id: str = "wh_1", **changes: Any) -> Webhook:
    webhook = Webhook(
        **{
            "client_id": "shop",
            "webhook_id": webhook_id,
            "url": f"https://shop.example/{webhook_id}",
            "event_types": ["order.paid"],
            "created_at": CREATED,
            "confirmed_at": CREATED,
            "subscription_arn": subscription_arn(webhook_id),
            **changes,
        }
    )
    WebhooksTable(aws.dynamodb(), "webhooks").create(webhook, max_per_client=100)
    return webhook


def deliveries() -> DeliveriesTable:
    return DeliveriesTable(aws.dynamodb(), "deliveries")


def rows(cloud: Cloud) -> list[Row]:
    items = cloud.client("dynamodb").scan(TableName="deliveries")["Items"]
    found = [each for each in items if each["pk"]["S"].startswith("webhook#") and each["sk"]["S"][0] != "#"]
    return sorted(map(row_of, found), key=lambda row: row.webhook_id)


def audiences(cloud: Cloud) -> list[set[str]]:
    return [set(json.loads(each["MessageAttributes"]["audience"]["Value"])) for each in cloud.messages()]


@pytest.fixture(autouse=True)
def listening(cloud: Cloud) -> None:
    cloud.listen()


def test_a_confirmed_webhook_has_its_row_and_is_addressed_by_its_id(cloud: Cloud, context: Any) -> None:
    register()
    informed = inform_client.handle(ORDER, context)
    (row,) = rows(cloud)
    assert (row.state, row.event_id, row.webhook_id) == (RowState.PENDING, informed["event_id"], "wh_1")
    assert row.deadline_at is not None
    assert row.claim == f"first#{row.event_id}"
    (message,) = cloud.messages()
    assert json.loads(message["MessageAttributes"]["audience"]["Value"]) == ["wh_1", "all"]
    event = deliveries().find_event(row.event_id)
    assert event.document == message["Message"]
    assert list(event.topics_published.values()) == [informed["sns_message_id"]]
    stored = deliveries().find_messages([informed["sns_message_id"]])[informed["sns_message_id"]]
    assert (stored.event_id, stored.claim, stored.webhook_ids) == (row.event_id, row.claim, ("wh_1",))


def test_a_client_without_webhooks_has_no_rows_and_the_operators_subscribers_get_the_event(
    cloud: Cloud, context: Any
) -> None:
    for _ in range(2):
        inform_client.handle(ORDER, context)
    assert rows(cloud) == []
    message, repeated = cloud.messages()
    assert message["Message"] == repeated["Message"]
    assert {name: each["Value"] for name, each in message["MessageAttributes"].items()} == {
        "client_id": "shop",
        "event_type": "order.paid",
        "audience": '["all"]',
    }


def test_a_webhook_that_does_not_want_the_type_has_no_row(cloud: Cloud, context: Any) -> None:
    register(event_types=["order.failed"])
    inform_client.handle(ORDER, context)
    assert (rows(cloud), audiences(cloud)) == ([], [{"all"}])


@pytest.mark.parametrize("waiting", [{"confirmed_at": None, "subscription_arn": None}, {"status": "paused"}])
def test_what_a_webhook_cannot_receive_now_is_owed_to_it(cloud: Cloud, context: Any, waiting: Any) -> None:
    register(**waiting)
    register("wh_2")
    inform_client.handle(ORDER, context)
    assert [row.state for row in rows(cloud)] == [RowState.OWED, RowState.PENDING]
    assert audiences(cloud) == [{"wh_2", "all"}]
    assert deliveries().find_state("wh_1").work_at is not None
    assert deliveries().find_state("wh_2") is None


@pytest.mark.parametrize("ill", [{"failing_since": NOW}, {"disabled_at": NOW}, {"unsubscribed_at": NOW}])
def test_a_webhook_that_is_failing_disabled_or_unsubscribed_waits(
    cloud: Cloud, context: Any, ill: dict[str, Any]
) -> None:
    register()
    state = WebhookState(
        client_id="shop",
        webhook_id="wh_1",
        registration=CREATED,
        subscription_arn=subscription_arn("wh_1"),
        **ill,
    )
    deliveries().save_state(state)
    inform_client.handle(ORDER, context)
    assert [row.state for row in rows(cloud)] == [RowState.OWED]
    assert audiences(cloud) == [{"all"}]


def test_a_state_of_an_earlier_registration_says_nothing_of_this_one(cloud: Cloud, context: Any) -> None:
    register()
    old = WebhookState(client_id="shop", webhook_id="wh_1", registration="2020", failing_since=NOW)
    deliveries().save_state(old)
    inform_client.handle(ORDER, context)
    assert [row.state for row in rows(cloud)] == [RowState.PENDING]


def test_a_confirmation_that_nobody_has_stored_is_found(cloud: Cloud, context: Any) -> None:
    arn = cloud.client("sns").subscribe(
        TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.queue_arn, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    register(confirmed_at=None, subscription_arn=arn)
    inform_client.handle(ORDER, context)
    assert [row.state for row in rows(cloud)] == [RowState.PENDING]
    assert WebhooksTable(aws.dynamodb(), "webhooks").find("shop", "wh_1").confirmed_at is not None


def test_an_event_is_published_once_for_each_topic(cloud: Cloud, context: Any) -> None:
    second = cloud.client("sns").create_topic(Name="order-events-2")["TopicArn"]
    cloud.client("sns").subscribe(TopicArn=second, Protocol="sqs", Endpoint=cloud.queue_arn)
    register()
    register("wh_2", topic_arn=second)
    register("wh_3", topic_arn=second)
    inform_client.handle(ORDER, context)
    received = {
        each["TopicArn"]: set(json.loads(each["MessageAttributes"]["audience"]["Value"]))
        for each in cloud.messages()
    }
    assert received == {cloud.topic_arn: {"wh_1", "all"}, second: {"wh_2", "wh_3"}}


STEPS = ["create_event", "find_states", "save_state", "create_rows", "put_message", "record_topic"]


@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_and_retried_nothing_is_lost(
    cloud: Cloud, context: Any, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    register()
    register("wh_2", status="paused")
    real = getattr(DeliveriesTable, step)

    def die(*arguments: Any) -> Any:
        if is_done:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(DeliveriesTable, step, die)
        with pytest.raises(Killed):
            inform_client.handle(ORDER, context)
    inform_client.handle(ORDER, context)
    assert [row.state for row in rows(cloud)] == [RowState.PENDING, RowState.OWED]
    assert deliveries().find_state("wh_2").work_at is not None
    published = cloud.messages()
    # At least once, and twice only where nobody could know of the first.
    is_unknown = step == "put_message" or (step, is_done) == ("record_topic", False)
    assert len(published) == (2 if is_unknown else 1)
    assert len({json.loads(each["Message"])["id"] for each in published}) == 1
    assert {each["MessageAttributes"]["audience"]["Value"] for each in published} == {'["wh_1", "all"]'}


def test_a_repetition_turns_no_delivered_row_back_and_publishes_nothing(cloud: Cloud, context: Any) -> None:
    register()
    inform_client.handle(ORDER, context)
    (row,) = rows(cloud)
    saved = deliveries().save_row(replace(row, state=RowState.DELIVERED, delivered_at=NOW))
    register("wh_2")
    inform_client.handle(ORDER, context)
    # Nor does a webhook that was registered meanwhile become a recipient.
    assert rows(cloud) == [saved]
    assert len(cloud.messages()) == 1
