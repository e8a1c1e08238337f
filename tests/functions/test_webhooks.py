"""The functions behind `/webhooks` and `/orders/{request_id}/redeliver`."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import row_of
from functions.adapters.orders_table import OrdersTable
from functions.adapters.recipients import Recipients
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.event import ORDER_EVENT_TYPES
from functions.domain.payment import Payment
from functions.domain.webhook import Webhook
from functions.domain.webhook_request import WebhookChanges
from functions.handlers import (
    create_webhook,
    delete_webhook,
    get_webhook,
    inform_client,
    list_order_deliveries,
    list_webhooks,
    redeliver_order,
    send_test_event,
)
from tests.support.http_events import http_event
from tests.support.orders import pending_order

URL = "https://shop.example/hooks"
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def dns(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str) -> list[str]:
        if host.endswith(".example"):
            return ["93.184.215.14"]
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(create_webhook, "resolve", resolve)
    monkeypatch.setattr(get_webhook, "resolve", resolve)
    # moto calls each webhook in the midst of publishing; nobody is there.
    monkeypatch.setattr("moto.sns.models.requests.post", lambda *_, **__: None)


def call(handler: Any, context: Any, *, client: str = "shop", **event: Any) -> tuple[int, Any]:
    webhook_id, request_id = event.pop("webhook_id", None), event.pop("order_request_id", None)
    parameters = (
        {"webhook_id": webhook_id} if webhook_id else {"request_id": request_id} if request_id else None
    )
    reply = handler.handle(
        http_event("-", "/", headers={"x-client-id": client}, path_parameters=parameters, **event), context
    )
    return reply["statusCode"], json.loads(reply["body"]) if reply.get("body") else None


def register(context: Any, *, client: str = "shop", status: int = 201, **body: Any) -> dict[str, Any]:
    got, shown = call(create_webhook, context, client=client, body={"url": URL, **body})
    assert got == status, shown
    return shown


def stored(cloud, webhook_id: str, client: str = "shop") -> Webhook | None:
    return WebhooksTable(aws.dynamodb(), cloud.webhooks_table_name).find(client, webhook_id)


def attributes(cloud, webhook: Webhook) -> dict[str, str]:
    sns = cloud.client("sns")
    return sns.get_subscription_attributes(SubscriptionArn=webhook.subscription_arn)["Attributes"]


class TestCreate:
    def test_a_webhook_is_subscribed_with_its_filter_and_its_dead_letter_queue(self, cloud, context) -> None:
        shown = register(context, description="the shop")
        webhook = stored(cloud, shown["webhook_id"])
        assert shown == {
            "webhook_id": webhook.webhook_id,
            "url": URL,
            "event_types": [*ORDER_EVENT_TYPES],
            "description": "the shop",
            "created_at": webhook.created_at,
            "managed": False,
            "status": "pending_confirmation",
            "topic_arn": cloud.topic_arn,
        }
        found = attributes(cloud, webhook)
        assert found["Endpoint"] == f"{URL}?webhook_id={webhook.webhook_id}"
        assert json.loads(found["FilterPolicy"]) == webhook.filter_policy
        assert json.loads(found["RedrivePolicy"]) == {"deadLetterTargetArn": cloud.queue_arn}

    def test_the_same_url_again_is_the_same_webhook(self, cloud, context) -> None:
        first = register(context)
        again = register(context, status=200, description="other words")
        assert again["webhook_id"] == first["webhook_id"]
        assert len(cloud.client("sns").list_subscriptions()["Subscriptions"]) == 1

    def test_the_same_url_for_other_events_is_a_conflict(self, cloud, context) -> None:
        register(context)
        status, problem = call(create_webhook, context, body={"url": URL, "event_types": ["order.paid"]})
        assert (status, "other event types" in problem["detail"]) == (409, True)

    def test_two_clients_may_have_one_url(self, cloud, context) -> None:
        first, second = register(context), register(context, client="store")
        assert first["webhook_id"] != second["webhook_id"]
        assert len(cloud.client("sns").list_subscriptions()["Subscriptions"]) == 2

    @pytest.mark.parametrize(
        ("body", "status", "field"),
        [
            ({"url": "http://shop.example/"}, 422, "url"),
            ({"url": "https://127.1/"}, 422, "url"),
            ({"url": "https://nowhere.invalid/"}, 422, "url"),
            ({"url": ""}, 422, "url"),
            ({}, 422, "url"),
            ({"url": URL, "event_types": []}, 422, "event_types"),
            ({"url": URL, "event_types": ["order.lost"]}, 422, "event_types[0]"),
            ({"url": URL, "event_types": ["webhook.test"]}, 422, "event_types[0]"),
            ({"url": URL, "secret": "x"}, 422, "secret"),
        ],
    )
    def test_a_bad_webhook_is_refused_at_its_field(self, cloud, context, body, status, field) -> None:
        got, problem = call(create_webhook, context, body=body)
        assert (got, problem["errors"][0]["field"]) == (status, field)
        assert cloud.client("sns").list_subscriptions()["Subscriptions"] == []

    def test_a_client_has_only_so_many(self, cloud, context) -> None:
        for number in range(3):
            register(context, url=f"{URL}/{number}")
        status, problem = call(create_webhook, context, body={"url": f"{URL}/3"})
        assert (status, "3 webhooks" in problem["detail"]) == (409, True)
        register(context, client="store")
        register(context, url=f"{URL}/0", status=200)
        call(delete_webhook, context, webhook_id=stored_ids(cloud)[0])
        register(context, url=f"{URL}/3")

    def test_a_crash_before_the_subscription_heals_when_the_url_is_registered_again(
        self, cloud, context, monkeypatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Subscriptions, "subscribe", broken)
            call(create_webhook, context, body={"url": URL})
        shown = register(context, status=200)
        assert stored(cloud, shown["webhook_id"]).subscription_arn

    @pytest.mark.parametrize(
        ("error", "status", "detail"),
        [
            ("InvalidParameterException", 422, "SNS, which calls the webhooks, does not take this URL"),
            ("SubscriptionLimitExceededException", 503, "reached its limit of webhooks"),
            ("FilterPolicyLimitExceededException", 503, "reached its limit of webhooks"),
        ],
    )
    def test_what_sns_refuses_is_told_and_leaves_nothing(
        self, cloud, context, monkeypatch, error, status, detail
    ) -> None:
        def refuse(*_: Any) -> str:
            raise getattr(aws.sns().exceptions, error)({"Error": {"Code": error}}, "Subscribe")

        with monkeypatch.context() as patched:
            patched.setattr(Subscriptions, "_subscribe", refuse)
            got, problem = call(create_webhook, context, body={"url": URL})
        assert got == status
        assert detail in json.dumps(problem)
        assert stored_ids(cloud) == []
        # Neither counts it against the client's most.
        for number in range(3):
            register(context, url=f"{URL}/{number}")

    def test_a_client_is_told_that_sns_cannot_reach_its_url(self, cloud, context, monkeypatch) -> None:
        def refuse(*_: Any) -> str:
            error = {"Code": "InvalidParameter", "Message": "Invalid parameter: Unreachable Endpoint"}
            raise aws.sns().exceptions.InvalidParameterException({"Error": error}, "Subscribe")

        monkeypatch.setattr(Subscriptions, "_subscribe", refuse)
        got, problem = call(create_webhook, context, body={"url": URL})
        assert got == 422
        assert "cannot reach this URL from the internet (Unreachable Endpoint)" in json.dumps(problem)

    def test_a_webhook_that_was_there_before_a_refusal_stays(self, cloud, context, monkeypatch) -> None:
        def refuse(*_: Any) -> str:
            raise aws.sns().exceptions.InvalidParameterException({"Error": {"Code": "x"}}, "Subscribe")

        with monkeypatch.context() as patched:
            patched.setattr(Subscriptions, "subscribe", broken)
            call(create_webhook, context, body={"url": URL})
        before = stored_ids(cloud)
        monkeypatch.setattr(Subscriptions, "_subscribe", refuse)
        assert call(create_webhook, context, body={"url": URL})[0] == 422
        assert (len(before), stored_ids(cloud)) == (1, before)


def broken(*_: Any) -> Any:
    raise RuntimeError("killed")


def stored_ids(cloud, client: str = "shop") -> list[str]:
    return [each.webhook_id for each in WebhooksTable(aws.dynamodb(), "webhooks").of_client(client)]


class TestShow:
    def test_a_client_sees_its_own_webhooks_and_nobody_elses(self, cloud, context) -> None:
        mine, theirs = register(context), register(context, client="store")
        status, listed = call(list_webhooks, context)
        assert status == 200
        assert [each["webhook_id"] for each in listed["webhooks"]] == [mine["webhook_id"]]
        assert call(get_webhook, context, webhook_id=mine["webhook_id"])[0] == 200
        for handler in (get_webhook, delete_webhook, send_test_event):
            assert call(handler, context, webhook_id=theirs["webhook_id"])[0] == 404
        assert stored(cloud, theirs["webhook_id"], "store")

    def test_the_count_is_no_webhook(self, cloud, context) -> None:
        register(context)
        assert call(get_webhook, context, webhook_id="#count")[0] == 404
        assert call(delete_webhook, context, webhook_id="#count")[0] == 404

    @pytest.mark.parametrize("webhook_id", ["x" * 129, "ü" * 513])
    def test_what_no_key_may_be_is_not_looked_up(self, cloud, context, monkeypatch, webhook_id) -> None:
        # DynamoDB answers to such a key with an error; moto takes it.
        monkeypatch.setattr(WebhooksTable, "find", broken)
        for handler in (get_webhook, delete_webhook, send_test_event):
            assert call(handler, context, webhook_id=webhook_id)[0] == 404

    @pytest.mark.parametrize(
        ("ill", "status"),
        [
            ({}, "active"),
            ({"failing_since": NOW}, "failing"),
            ({"failing_since": NOW, "disabled_at": NOW}, "disabled"),
            ({"failing_since": NOW, "registration": "2020"}, "active"),
        ],
    )
    def test_a_confirmed_webhook_is_as_its_deliveries_have_shown(
        self, cloud, context, ill: dict[str, Any], status: str
    ) -> None:
        # moto confirms every subscription at once.
        shown = register(context)
        webhook = stored(cloud, shown["webhook_id"])
        state = {"registration": webhook.registration, **ill}
        DeliveriesTable(aws.dynamodb(), "deliveries").save_state(
            WebhookState(client_id="shop", webhook_id=webhook.webhook_id, **state)
        )
        assert call(get_webhook, context, webhook_id=webhook.webhook_id)[1]["status"] == status
        assert call(list_webhooks, context)[1]["webhooks"][0]["status"] == status

    def test_what_a_client_sees_confirmed_is_stored_as_confirmed_once(self, cloud, context) -> None:
        # moto confirms every subscription at once.
        webhook_id = register(context)["webhook_id"]
        assert stored(cloud, webhook_id).confirmed_at is None
        call(get_webhook, context, webhook_id=webhook_id)
        confirmed_at = stored(cloud, webhook_id).confirmed_at
        assert confirmed_at is not None
        call(get_webhook, context, webhook_id=webhook_id)
        assert stored(cloud, webhook_id).confirmed_at == confirmed_at

    def test_a_paused_webhook_is_shown_as_paused(self, cloud, context) -> None:
        shown = register(context)
        cloud.client("dynamodb").update_item(
            TableName="webhooks",
            Key={"client_id": {"S": "shop"}, "webhook_id": {"S": shown["webhook_id"]}},
            UpdateExpression="SET #status = :paused",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":paused": {"S": "paused"}},
        )
        assert call(get_webhook, context, webhook_id=shown["webhook_id"])[1]["status"] == "paused"

    def test_a_confirmed_webhook_whose_subscription_is_gone_is_unsubscribed(self, cloud, context) -> None:
        shown = register(context)
        webhook = stored(cloud, shown["webhook_id"])
        recipients = Recipients(aws.dynamodb(), "webhooks", cloud.topic_arn)
        recipients.confirm(recipients.find("shop", webhook.webhook_id), NOW)
        cloud.client("sns").unsubscribe(SubscriptionArn=webhook.subscription_arn)
        assert call(get_webhook, context, webhook_id=webhook.webhook_id)[1]["status"] == "unsubscribed"
        # Registered again, it waits for a confirmation again.
        register(context, status=200)
        assert stored(cloud, webhook.webhook_id).confirmed_at is None

    def test_a_webhook_whose_subscription_is_gone_wants_a_new_confirmation(self, cloud, context) -> None:
        shown = register(context)
        webhook = stored(cloud, shown["webhook_id"])
        cloud.client("sns").unsubscribe(SubscriptionArn=webhook.subscription_arn)
        assert (
            call(get_webhook, context, webhook_id=webhook.webhook_id)[1]["status"] == "pending_confirmation"
        )
        register(context, status=200)
        assert stored(cloud, webhook.webhook_id).subscription_arn != webhook.subscription_arn


class TestDelete:
    def test_neither_record_nor_subscription_is_left(self, cloud, context) -> None:
        shown = register(context)
        assert call(delete_webhook, context, webhook_id=shown["webhook_id"]) == (204, None)
        assert stored(cloud, shown["webhook_id"]) is None
        assert cloud.client("sns").list_subscriptions()["Subscriptions"] == []
        assert call(delete_webhook, context, webhook_id=shown["webhook_id"])[0] == 404

    def test_an_operators_webhook_is_not_a_clients_to_delete(self, cloud, context) -> None:
        managed = Webhook(
            client_id="shop", webhook_id="shop", url=URL, event_types=["order.paid"], managed=True
        )
        WebhooksTable(aws.dynamodb(), "webhooks").create(managed, max_per_client=9)
        assert call(delete_webhook, context, webhook_id="shop")[0] == 409
        assert stored(cloud, "shop")

    def test_a_subscription_that_a_crash_left_unrecorded_is_ended_too(
        self, cloud, context, monkeypatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(WebhooksTable, "set_subscription", broken)
            call(create_webhook, context, body={"url": URL})
        (webhook_id,) = stored_ids(cloud)
        assert call(delete_webhook, context, webhook_id=webhook_id)[0] == 204
        assert cloud.client("sns").list_subscriptions()["Subscriptions"] == []


class TestPlacement:
    def test_a_webhook_is_placed_on_the_topic_with_the_fewest(self, cloud, context, monkeypatch) -> None:
        sns = cloud.client("sns")
        second = sns.create_topic(Name="order-events-2")["TopicArn"]
        monkeypatch.setenv("TOPIC_NAMES", "order-events,order-events-2")
        counted: list[str] = [cloud.topic_arn]

        def attributes_of(TopicArn: str) -> Any:  # noqa: N803 - boto3's name
            # moto does not count subscriptions.
            return {"Attributes": {"SubscriptionsPending": str(counted.count(TopicArn))}}

        monkeypatch.setattr(aws.sns(), "get_topic_attributes", attributes_of)

        def place(number: int) -> str:
            counted.append(register(context, url=f"{URL}/{number}")["topic_arn"])
            return counted[-1]

        placed = [place(number) for number in range(3)]
        assert placed == [second, cloud.topic_arn, second]
        # The same URL again stays where it is.
        assert register(context, url=f"{URL}/0", status=200)["topic_arn"] == second
        webhook = stored(cloud, call(list_webhooks, context)[1]["webhooks"][0]["webhook_id"])
        assert attributes(cloud, webhook)["TopicArn"] == webhook.topic_arn


class TestSendTestEvent:
    def test_the_test_event_is_for_this_webhook_alone(self, cloud, context) -> None:
        shown = register(context)
        cloud.listen()
        status, body = call(send_test_event, context, webhook_id=shown["webhook_id"], request_id="req-9")
        (envelope,) = cloud.messages()
        event = json.loads(envelope["Message"])
        assert (status, body) == (202, {"event_id": event["id"], "webhook_id": shown["webhook_id"]})
        assert (event["type"], event["subject"]) == ("webhook.test", "req-9")
        assert json.loads(envelope["MessageAttributes"]["audience"]["Value"]) == [shown["webhook_id"]]


class TestRedeliverOrder:
    @pytest.fixture(autouse=True)
    def paid(self, cloud) -> None:
        table = OrdersTable(aws.dynamodb(), "orders")
        for request_id in ("req-paid", "req-pending"):
            table.create(pending_order(request_id))
        table.settle("req-paid", Payment(status="approved"), "2025-11-25T09:31:00.000Z")
        cloud.listen()

    def rows(self, cloud) -> list[Row]:
        items = cloud.client("dynamodb").scan(TableName="deliveries")["Items"]
        found = [each for each in items if each["pk"]["S"].startswith("webhook#")]
        return [row_of(each) for each in found if each["sk"]["S"][0] != "#"]

    def audiences(self, cloud) -> list[Any]:
        return [json.loads(each["MessageAttributes"]["audience"]["Value"]) for each in cloud.messages()]

    def confirmed(self, cloud, context, **body: Any) -> str:
        webhook_id = register(context, **body)["webhook_id"]
        recipients = Recipients(aws.dynamodb(), "webhooks", cloud.topic_arn)
        recipients.confirm(recipients.find("shop", webhook_id), NOW)
        return webhook_id

    def test_the_same_event_is_published_again_for_all_or_for_one(self, cloud, context) -> None:
        first = self.confirmed(cloud, context)
        second = self.confirmed(cloud, context, url=f"{URL}/2", event_types=["order.failed"])
        status, to_all = call(redeliver_order, context, order_request_id="req-paid")
        assert status == 202
        _, to_one = call(redeliver_order, context, order_request_id="req-paid", body={"webhook_id": second})
        assert to_all["event_id"] == to_one["event_id"]
        assert self.audiences(cloud) == [[first], [second]]
        assert {(row.webhook_id, row.state, row.trigger) for row in self.rows(cloud)} == {
            (first, RowState.PENDING, Trigger.REDELIVER),
            (second, RowState.PENDING, Trigger.REDELIVER),
        }

    def test_a_webhook_that_was_registered_after_the_order_is_listed_too(self, cloud, context) -> None:
        first = self.confirmed(cloud, context)
        call(redeliver_order, context, order_request_id="req-paid")
        second = self.confirmed(cloud, context, url=f"{URL}/2")
        call(redeliver_order, context, order_request_id="req-paid")
        _, shown = call(list_order_deliveries, context, order_request_id="req-paid")
        assert {each["webhook_id"] for each in shown["deliveries"]} == {first, second}

    def test_a_delivered_row_stays_delivered(self, cloud, context) -> None:
        self.confirmed(cloud, context)
        call(redeliver_order, context, order_request_id="req-paid")
        (row,) = self.rows(cloud)
        table = DeliveriesTable(aws.dynamodb(), "deliveries")
        table.save_row(replace(row, state=RowState.DELIVERED, delivered_at=NOW))
        call(redeliver_order, context, order_request_id="req-paid")
        (row,) = self.rows(cloud)
        assert (row.state, row.publications, len(self.audiences(cloud))) == (RowState.DELIVERED, 2, 2)

    def test_a_webhook_that_receives_nothing_now_gets_it_later(self, cloud, context) -> None:
        self.confirmed(cloud, context)
        state = WebhookState(
            client_id="shop",
            webhook_id=stored_ids(cloud)[0],
            registration=stored(cloud, stored_ids(cloud)[0]).registration,
            disabled_at=NOW,
        )
        DeliveriesTable(aws.dynamodb(), "deliveries").save_state(state)
        assert call(redeliver_order, context, order_request_id="req-paid")[0] == 202
        (row,) = self.rows(cloud)
        assert (row.state, self.audiences(cloud)) == (RowState.OWED, [])
        assert DeliveriesTable(aws.dynamodb(), "deliveries").find_state(row.webhook_id).work_at

    def test_one_webhooks_request_leaves_the_first_publication_to_the_others(self, cloud, context) -> None:
        first, second = (self.confirmed(cloud, context, url=f"{URL}/{number}") for number in (1, 2))
        call(redeliver_order, context, order_request_id="req-paid", body={"webhook_id": first})
        order = OrdersTable(aws.dynamodb(), "orders").find("req-paid")
        inform_client.handle(order.document(), context)
        assert [set(each) for each in self.audiences(cloud)] == [{first}, {second, "all"}]
        assert {row.webhook_id for row in self.rows(cloud)} == {first, second}

    @pytest.mark.parametrize("state", [RowState.DEAD, RowState.RETRYING, RowState.OWED, RowState.PENDING])
    @pytest.mark.parametrize("is_paused", [True, False])
    def test_a_url_that_was_registered_again_gets_what_its_client_asks_for(
        self, cloud, context, state: RowState, is_paused: bool
    ) -> None:
        webhook_id = self.confirmed(cloud, context)
        call(redeliver_order, context, order_request_id="req-paid")
        (row,) = self.rows(cloud)
        earlier = {"registration": "2025-01-01T00:00:00.000Z", "state": state}
        DeliveriesTable(aws.dynamodb(), "deliveries").save_row(replace(row, **earlier))
        if is_paused:
            WebhooksTable(aws.dynamodb(), "webhooks").change(
                stored(cloud, webhook_id), WebhookChanges(status="paused")
            )
        assert call(redeliver_order, context, order_request_id="req-paid")[0] == 202
        (row,) = self.rows(cloud)
        assert row.registration == stored(cloud, webhook_id).registration
        assert row.state is (RowState.OWED if is_paused else RowState.PENDING)

    def test_an_order_without_an_outcome_is_a_conflict(self, cloud, context) -> None:
        assert call(redeliver_order, context, order_request_id="req-pending")[0] == 409
        assert cloud.messages() == []

    @pytest.mark.parametrize("webhook_id", ["", "x" * 129])
    def test_what_no_key_may_be_is_refused_at_its_field(self, cloud, context, webhook_id) -> None:
        body = {"webhook_id": webhook_id}
        status, problem = call(redeliver_order, context, order_request_id="req-paid", body=body)
        assert (status, problem["errors"][0]["field"]) == (422, "webhook_id")
        assert cloud.messages() == []

    def test_anothers_order_or_webhook_looks_like_none(self, cloud, context) -> None:
        theirs = register(context, client="store")
        assert call(redeliver_order, context, client="store", order_request_id="req-paid")[0] == 404
        for webhook_id in (theirs["webhook_id"], "nothing", "#count"):
            body = {"webhook_id": webhook_id}
            status, problem = call(redeliver_order, context, order_request_id="req-paid", body=body)
            assert (status, problem["errors"][0]["field"]) == (422, "webhook_id")
        assert cloud.messages() == []
