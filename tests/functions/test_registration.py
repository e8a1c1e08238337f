"""Registrations that meet each other, SNS's limits, or a subscription that is there already."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.webhook import Webhook
from functions.handlers import create_webhook, delete_webhook
from tests.support.http_events import http_event

URL = "https://shop.example/hooks"
START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


class Clock:
    """The time by which registrations go."""

    def __init__(self) -> None:
        self.now = START

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(create_webhook, "resolve", lambda _: ["93.184.215.14"])
    monkeypatch.setattr(create_webhook, "now", lambda: made.now)
    monkeypatch.setattr("moto.sns.models.requests.post", lambda *_, **__: None)
    return made


class Sns:
    """SNS as it is until a webhook confirms: nothing of that in moto."""

    def __init__(self, cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.subscribed: list[dict[str, Any]] = []
        self.unconfirmed: set[str] = set()
        self._plain = cloud.client("sns")
        self._client = aws.sns()
        for name in ("subscribe", "get_subscription_attributes", "unsubscribe"):
            monkeypatch.setattr(self._client, name, getattr(self, name))

    def subscribe(self, **asked: Any) -> Any:
        self.subscribed.append(asked)
        endpoints = {each["Endpoint"] for each in self._plain.list_subscriptions()["Subscriptions"]}
        if asked["Endpoint"] in endpoints:
            # moto would change the subscription that exists.
            asked = {**asked, "Attributes": {}}
        answer = self._plain.subscribe(**asked)
        self.unconfirmed.add(answer["SubscriptionArn"])
        return answer

    def get_subscription_attributes(self, **asked: Any) -> Any:
        answer = self._plain.get_subscription_attributes(**asked)
        is_pending = asked["SubscriptionArn"] in self.unconfirmed
        answer["Attributes"]["PendingConfirmation"] = str(is_pending).lower()
        return answer

    def unsubscribe(self, **asked: Any) -> Any:
        if asked["SubscriptionArn"] in self.unconfirmed:
            raise refusal("Unsubscribe")
        return self._plain.unsubscribe(**asked)

    def filter_policies(self) -> list[Any]:
        """The filter of each subscription that exists."""
        listed = self._plain.list_subscriptions()["Subscriptions"]
        arns = [each["SubscriptionArn"] for each in listed]
        read = [self._plain.get_subscription_attributes(SubscriptionArn=arn)["Attributes"] for arn in arns]
        return [json.loads(each.get("FilterPolicy", "null")) for each in read]


@pytest.fixture
def sns(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> Sns:
    return Sns(cloud, monkeypatch)


def refusal(operation: str) -> Exception:
    answer = {"Error": {"Code": "InvalidParameter", "Message": "Invalid parameter"}}
    return aws.sns().exceptions.InvalidParameterException(answer, operation)  # type: ignore[arg-type]


def post(context: Any, url: str = URL, client: str = "shop") -> tuple[int, dict[str, Any]]:
    reply = create_webhook.handle(http_event(body={"url": url}, headers={"x-client-id": client}), context)
    return reply["statusCode"], json.loads(reply["body"])


def delete(context: Any, webhook_id: str, client: str = "shop") -> int:
    event = http_event(
        "DELETE", "/-", headers={"x-client-id": client}, path_parameters={"webhook_id": webhook_id}
    )
    return int(delete_webhook.handle(event, context)["statusCode"])


def stored(webhook_id: str) -> Webhook | None:
    return WebhooksTable(aws.dynamodb(), "webhooks").find("shop", webhook_id)


NOTHING = {"audience": ["nobody"]}


class TestFilter:
    """A subscription without a filter would receive every client's events."""

    def test_where_sns_refuses_the_first_subscribe_the_second_one_has_a_filter_too(
        self, cloud: Any, context: Any, sns: Sns, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[Any] = []

        def refuse_once(**asked: Any) -> Any:
            seen.append(json.loads(asked["Attributes"].get("FilterPolicy", "null")))
            if len(seen) == 1:
                raise refusal("Subscribe")
            return sns.subscribe(**asked)

        monkeypatch.setattr(aws.sns(), "subscribe", refuse_once)
        status, shown = post(context)
        webhook = stored(shown["webhook_id"])
        assert webhook is not None
        assert (status, seen) == (201, [webhook.filter_policy, NOTHING])
        assert sns.filter_policies() == [webhook.filter_policy]

    def test_a_crash_after_that_leaves_a_subscription_that_receives_nothing(
        self, cloud: Any, context: Any, sns: Sns, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused: list[Any] = []

        def refuse_once(**asked: Any) -> Any:
            if not refused:
                refused.append(asked)
                raise refusal("Subscribe")
            return sns.subscribe(**asked)

        def crash(**_: Any) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr(aws.sns(), "subscribe", refuse_once)
        monkeypatch.setattr(aws.sns(), "set_subscription_attributes", crash)
        assert post(context)[0] == 500
        assert sns.filter_policies() == [NOTHING]

    def test_a_subscription_that_exists_with_another_filter_gets_its_own(
        self, cloud: Any, context: Any, sns: Sns
    ) -> None:
        status, shown = post(context)
        webhook = stored(shown["webhook_id"])
        assert webhook is not None
        assert status == 201
        assert webhook.subscription_arn is not None
        cloud.client("sns").set_subscription_attributes(
            SubscriptionArn=webhook.subscription_arn, AttributeName="FilterPolicy", AttributeValue="{}"
        )
        Subscriptions(aws.sns(), cloud.topic_arn, cloud.queue_arn).subscribe(webhook)
        assert sns.filter_policies() == [webhook.filter_policy]

    def test_where_the_filter_cannot_be_set_the_registration_fails(
        self, cloud: Any, context: Any, sns: Sns, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, shown = post(context)
        webhook = stored(shown["webhook_id"])
        assert webhook is not None
        cloud.client("sns").set_subscription_attributes(
            SubscriptionArn=webhook.subscription_arn, AttributeName="FilterPolicy", AttributeValue="{}"
        )
        monkeypatch.setattr(aws.sns(), "set_subscription_attributes", lambda **_: None)
        with pytest.raises(RuntimeError, match="does not have the filter policy"):
            Subscriptions(aws.sns(), cloud.topic_arn, cloud.queue_arn).subscribe(webhook)


class TestPending:
    """Each unconfirmed subscription holds one of the topic's 200 filter policies for 48 hours."""

    def test_registering_and_deleting_leaves_at_most_five(self, cloud: Any, context: Any, sns: Sns) -> None:
        statuses = []
        for number in range(25):
            status, shown = post(context, f"{URL}/{number}")
            statuses.append(status)
            if status == 201:
                assert delete(context, shown["webhook_id"]) == 204
        assert statuses == 5 * [201] + 20 * [409]
        assert sns.filter_policies() == 5 * [NOTHING]
        assert WebhooksTable(aws.dynamodb(), "webhooks").of_client("shop") == []
        assert post(context, client="store")[0] == 201

    def test_a_url_of_the_five_may_be_registered_again(
        self, cloud: Any, context: Any, sns: Sns, clock: Clock
    ) -> None:
        for number in range(5):
            _, shown = post(context, f"{URL}/{number}")
            delete(context, shown["webhook_id"])
        clock.pass_by(minutes=2)
        assert post(context, f"{URL}/0")[0] == 201
        assert post(context, f"{URL}/5")[0] == 409

    def test_sns_deletes_them_after_48_hours(self, cloud: Any, context: Any, sns: Sns, clock: Clock) -> None:
        for number in range(5):
            _, shown = post(context, f"{URL}/{number}")
            delete(context, shown["webhook_id"])
        clock.pass_by(hours=48)
        assert post(context, f"{URL}/5")[0] == 409
        clock.pass_by(minutes=1)
        assert post(context, f"{URL}/5")[0] == 201

    def test_a_confirmed_one_does_not_count(self, cloud: Any, context: Any, sns: Sns, monkeypatch) -> None:
        monkeypatch.setenv("MAX_WEBHOOKS_PER_CLIENT", "20")
        for number in range(12):
            assert post(context, f"{URL}/{number}")[0] == 201
            sns.unconfirmed.clear()

    def test_a_refused_one_does_not_count(self, cloud: Any, context: Any, sns: Sns, monkeypatch) -> None:
        def refuse(**_: Any) -> None:
            raise refusal("Subscribe")

        with monkeypatch.context() as patched:
            patched.setattr(aws.sns(), "subscribe", refuse)
            for number in range(6):
                assert post(context, f"{URL}/{number}")[0] == 422
        assert post(context)[0] == 201

    def test_a_confirmation_is_sent_at_most_once_a_minute(
        self, cloud: Any, context: Any, sns: Sns, clock: Clock
    ) -> None:
        for _ in range(10):
            assert post(context)[0] in (200, 201)
            clock.pass_by(seconds=5)
        assert len(sns.subscribed) == 1
        clock.pass_by(seconds=10)
        assert post(context)[0] == 200
        assert len(sns.subscribed) == 2

    def test_within_the_minute_a_deleted_webhook_gets_its_filter_back(
        self, cloud: Any, context: Any, sns: Sns
    ) -> None:
        _, shown = post(context)
        assert delete(context, shown["webhook_id"]) == 204
        assert sns.filter_policies() == [NOTHING]
        assert post(context)[0] == 201
        webhook = stored(shown["webhook_id"])
        assert webhook is not None
        assert webhook.subscription_arn in sns.unconfirmed
        assert sns.filter_policies() == [webhook.filter_policy]
        assert len(sns.subscribed) == 1


def cancelled(*codes: str) -> Exception:
    answer = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": code} for code in codes],
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return aws.dynamodb().exceptions.TransactionCanceledException(answer, "TransactWriteItems")  # type: ignore[arg-type]


def conflict() -> Exception:
    answer = {
        "Error": {"Code": "TransactionConflictException", "Message": "conflict"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return aws.dynamodb().exceptions.from_code("TransactionConflictException")(answer, "UpdateItem")


class TestConflicts:
    """moto never reports one."""

    @pytest.fixture(autouse=True)
    def waits(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        waited: list[float] = []
        monkeypatch.setattr("time.sleep", waited.append)
        return waited

    @pytest.fixture
    def failing(self, cloud: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        def fail(operation: str, error: Exception, times: int) -> None:
            original, failed = getattr(aws.dynamodb(), operation), []

            def write(**asked: Any) -> Any:
                if len(failed) < times:
                    failed.append(asked)
                    raise error
                return original(**asked)

            monkeypatch.setattr(aws.dynamodb(), operation, write)

        return fail

    @pytest.mark.parametrize(
        "codes",
        [
            ("None", "TransactionConflict"),
            ("ThrottlingError", "None"),
            ("ProvisionedThroughputExceeded", "None"),
        ],
    )
    def test_a_registration_is_written_again(
        self, context: Any, failing: Callable[..., None], waits: list[float], codes: tuple[str, ...]
    ) -> None:
        failing("transact_write_items", cancelled(*codes), 3)
        assert post(context)[0] == 201
        assert len(waits) == 3
        assert waits == sorted(waits)

    @pytest.mark.parametrize("operation", ["transact_write_items", "update_item"])
    def test_it_is_a_503_when_that_does_not_end(
        self, cloud: Any, context: Any, failing: Callable[..., None], operation: str
    ) -> None:
        error = cancelled("None", "TransactionConflict") if "transact" in operation else conflict()
        failing(operation, error, 99)
        reply = create_webhook.handle(http_event(body={"url": URL}), context)
        assert (reply["statusCode"], "retry-after" in reply["headers"]) == (503, True)

    def test_a_single_write_that_meets_a_transaction_is_written_again(
        self, context: Any, failing: Callable[..., None]
    ) -> None:
        failing("update_item", conflict(), 3)
        assert post(context)[0] == 201

    def test_a_deletion_is_written_again(self, context: Any, failing: Callable[..., None]) -> None:
        _, shown = post(context)
        failing("transact_write_items", cancelled("None", "TransactionConflict"), 3)
        assert delete(context, shown["webhook_id"]) == 204
        assert stored(shown["webhook_id"]) is None


class TestDeletedDuringRegistration:
    """Whatever the order of their steps, no subscription with a filter is left without a record."""

    @pytest.mark.parametrize("step", ["find", "status_of", "end", "subscribe", "restore"])
    @pytest.mark.parametrize("is_confirmed", [False, True])
    def test_a_registration_amid_the_deletion(
        self, cloud: Any, context: Any, sns: Sns, clock: Clock, monkeypatch, step: str, *, is_confirmed: bool
    ) -> None:
        _, shown = post(context)
        if is_confirmed:
            sns.unconfirmed.clear()
        clock.pass_by(minutes=2)
        self.interrupt(monkeypatch, step, lambda: post(context))
        assert delete(context, shown["webhook_id"]) in (204, 503)
        self.check(sns, shown["webhook_id"])

    @pytest.mark.parametrize("step", ["subscribe", "status_of", "_make_sure_of_filter"])
    @pytest.mark.parametrize("is_new", [False, True])
    @pytest.mark.parametrize("is_confirmed", [False, True])
    def test_a_deletion_amid_the_registration(
        self,
        cloud: Any,
        context: Any,
        sns: Sns,
        clock: Clock,
        monkeypatch,
        step: str,
        *,
        is_new: bool,
        is_confirmed: bool,
    ) -> None:
        webhook_id = post(context)[1]["webhook_id"]
        clock.pass_by(minutes=2)
        if is_new:
            delete(context, webhook_id)
        if is_confirmed:
            sns.unconfirmed.clear()
        self.interrupt(monkeypatch, step, lambda: delete(context, webhook_id))
        assert post(context)[0] in (200, 201, 503)
        self.check(sns, webhook_id)

    @staticmethod
    def interrupt(monkeypatch: pytest.MonkeyPatch, step: str, meanwhile: Callable[[], Any]) -> None:
        original, done = getattr(Subscriptions, step), []

        def run(self: Subscriptions, *arguments: Any) -> Any:
            answer = original(self, *arguments)
            if not done:
                done.append(step)
                meanwhile()
            return answer

        monkeypatch.setattr(Subscriptions, step, run)

    @staticmethod
    def check(sns: Sns, webhook_id: str) -> None:
        webhook = stored(webhook_id)
        allowed = [NOTHING] if webhook is None else [NOTHING, webhook.filter_policy]
        assert all(each in allowed for each in sns.filter_policies())
        if webhook is not None:
            assert webhook.subscription_arn is not None
