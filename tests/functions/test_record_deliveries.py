"""What SNS reports, in every form that has been seen, and what cannot be matched."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.event_topics import EventTopics
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.webhook_state import WebhookState
from functions.handlers import inform_client, record_deliveries, send_test_event
from tests.functions.test_inform_client import CREATED, ORDER, deliveries, register, rows
from tests.support.envelopes import envelope
from tests.support.http_events import http_event
from tests.support.moto_cloud import Cloud
from tests.support.signals import LOG_GROUP, log_batch, log_entry, queue_batch

FAILURES = f"{LOG_GROUP}/Failure"


@pytest.fixture
def published(cloud: Cloud, context: Any) -> str:
    """The SNS message ID of an order's event that was published to one webhook."""
    register()
    return str(inform_client.handle(ORDER, context)["sns_message_id"])


def only_row(cloud: Cloud) -> Row:
    (row,) = rows(cloud)
    return row


def attempts(cloud: Cloud) -> list[tuple[int, str | None]]:
    items = cloud.client("dynamodb").scan(TableName="deliveries")["Items"]
    found = [each for each in items if each["pk"]["S"].startswith("attempts#")]
    return [(int(each["number"]["N"]), each.get("status", {}).get("N")) for each in found]


def deferred(cloud: Cloud) -> list[str]:
    found = cloud.client("sqs").receive_message(
        QueueUrl=cloud.failed_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [each["Body"] for each in found.get("Messages", [])]


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.adapters.deferred_events._DELAY_SECONDS", 0)


def test_a_success_delivers_the_row_with_one_item(cloud: Cloud, context: Any, published: str) -> None:
    record_deliveries.handle(log_batch(log_entry(published)), context)
    row = only_row(cloud)
    assert (row.state, row.attempts, row.delivered.status) == (RowState.DELIVERED, 1, 200)
    assert attempts(cloud) == []
    assert row.expires_at is not None


def test_the_same_entries_again_change_nothing(cloud: Cloud, context: Any, published: str) -> None:
    batch = log_batch(log_entry(published, status=503, attempts=1), log_entry(published, attempts=2))
    record_deliveries.handle(batch, context)
    first = rows(cloud), sorted(attempts(cloud))
    record_deliveries.handle(batch, context)
    assert (rows(cloud), sorted(attempts(cloud))) == first
    assert first[0][0].attempts == 2


@pytest.mark.parametrize("group", [LOG_GROUP, FAILURES])
@pytest.mark.parametrize("succeeded", [True, False])
@pytest.mark.parametrize("status", [400, 404, 403, 301])
def test_a_status_that_sns_does_not_retry_is_final_in_either_log_group(
    cloud: Cloud, context: Any, published: str, status: int, succeeded: bool, group: str
) -> None:
    entry = log_entry(published, status=status, succeeded=succeeded, response={"body": "no"})
    record_deliveries.handle(log_batch(entry, group=group), context)
    row = only_row(cloud)
    assert (row.state, row.reason) == (RowState.RETRYING, "rejected")
    assert attempts(cloud) == [(1, str(status))]
    assert deliveries().find_state("wh_1").work_at is not None


@pytest.mark.parametrize("status", [503, 429, None])
def test_attempts_that_sns_may_retry_leave_the_row_until_the_envelope(
    cloud: Cloud, context: Any, published: str, status: int | None
) -> None:
    entries = [log_entry(published, status=status, attempts=each) for each in (1, 2, 3)]
    record_deliveries.handle(log_batch(*entries, group=FAILURES), context)
    assert (only_row(cloud).state, only_row(cloud).attempts) == (RowState.PENDING, 3)
    record_deliveries.handle(queue_batch("undelivered", dead_letter(cloud, published)), context)
    row = only_row(cloud)
    assert (row.state, row.reason, row.retries) == (RowState.RETRYING, "unavailable", 1)


def test_a_batch_of_failures_wakes_redeliver_with_one_write(
    cloud: Cloud, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    published = [
        inform_client.handle({**ORDER, "request_id": f"order-{number}"}, context)["sns_message_id"]
        for number in range(5)
    ]
    real, saved = DeliveriesTable.save_state, []

    def save_state(self: DeliveriesTable, state: WebhookState) -> WebhookState | None:
        saved.append(state)
        return real(self, state)

    monkeypatch.setattr(DeliveriesTable, "save_state", save_state)
    entries = [log_entry(each, status=404) for each in published]
    record_deliveries.handle(log_batch(*entries, group=FAILURES), context)
    assert [each.state for each in rows(cloud)] == [RowState.RETRYING] * 5
    (state,) = saved
    assert state.work_at is not None


def test_an_older_failure_never_undoes_a_success(cloud: Cloud, context: Any, published: str) -> None:
    record_deliveries.handle(log_batch(log_entry(published, attempts=2)), context)
    record_deliveries.handle(queue_batch("undelivered", dead_letter(cloud, published)), context)
    record_deliveries.handle(log_batch(log_entry(published, status=404)), context)
    assert only_row(cloud).state is RowState.DELIVERED


def dead_letter(cloud: Cloud, sns_message_id: str) -> str:
    """The envelope of a publication, as SNS dead-letters it."""
    row = only_row(cloud)
    event = deliveries().find_event(row.event_id)
    body = json.loads(envelope(subscription_arn=f"{cloud.topic_arn}:{row.webhook_id}"))
    return json.dumps({**body, "MessageId": sns_message_id, "Message": event.document})


def test_an_entry_without_the_query_is_matched_by_url(cloud: Cloud, context: Any, published: str) -> None:
    entry = log_entry(published, destination="https://shop.example/wh_1")
    record_deliveries.handle(log_batch(entry), context)
    assert only_row(cloud).state is RowState.DELIVERED


def test_an_operators_own_subscriber_changes_nothing(cloud: Cloud, context: Any, published: str) -> None:
    entry = log_entry(published, destination="https://operator.example/")
    record_deliveries.handle(log_batch(entry), context)
    assert (only_row(cloud).state, deferred(cloud)) == (RowState.PENDING, [])


def test_an_unknown_message_is_tried_again_and_then_matched_by_the_document(
    cloud: Cloud, context: Any, published: str
) -> None:
    document = deliveries().find_event(only_row(cloud).event_id).document
    unknown = log_entry("never-stored", document=document)
    record_deliveries.handle(log_batch(unknown), context)
    assert only_row(cloud).state is RowState.PENDING
    (waiting,) = deferred(cloud)
    assert record_deliveries.handle(queue_batch("failed", waiting), context) == {"batchItemFailures": []}
    assert only_row(cloud).state is RowState.PENDING
    later = datetime.now(UTC) - timedelta(minutes=6)
    record_deliveries.handle(log_batch(unknown, at=later), context)
    assert only_row(cloud).state is RowState.DELIVERED


def test_what_matches_nothing_is_dropped_and_counted(cloud: Cloud, context: Any, counted: Any) -> None:
    later = datetime.now(UTC) - timedelta(minutes=6)
    record_deliveries.handle(log_batch(log_entry("m", document="x"), "no json", at=later), context)
    assert deferred(cloud) == []
    dropped = {each["reason"]: each["SignalsDropped"] for each in counted() if "SignalsDropped" in each}
    assert dropped == {"unknown_message": [1], "unreadable": [1]}


def test_what_an_invocation_failed_with_is_recorded_from_the_queue(
    cloud: Cloud, context: Any, published: str
) -> None:
    record = {"version": "1.0", "requestPayload": log_batch(log_entry(published))}
    record_deliveries.handle(queue_batch("failed", json.dumps(record)), context)
    assert only_row(cloud).state is RowState.DELIVERED


def test_a_control_message_of_cloudwatch_is_ignored(cloud: Cloud, context: Any) -> None:
    data = gzip.compress(json.dumps({"messageType": "CONTROL_MESSAGE", "logEvents": [{}]}).encode())
    record_deliveries.handle({"awslogs": {"data": base64.b64encode(data).decode()}}, context)


def test_an_envelope_of_the_old_version_gets_a_row(cloud: Cloud, context: Any) -> None:
    register()
    body = json.loads(envelope(subscription_arn=f"{cloud.topic_arn}:wh_1"))
    record_deliveries.handle(queue_batch("undelivered", json.dumps(body)), context)
    row = only_row(cloud)
    assert (row.state, row.trigger, row.registration) == (RowState.OWED, Trigger.SCHEDULE, CREATED)
    assert deliveries().find_event(row.event_id).document == body["Message"]
    assert deliveries().find_state("wh_1").work_at is not None


def test_an_envelope_of_a_deleted_webhook_is_dropped(cloud: Cloud, context: Any) -> None:
    answer = record_deliveries.handle(queue_batch("undelivered", envelope()), context)
    assert (answer, rows(cloud)) == ({"batchItemFailures": []}, [])


def test_what_cannot_be_read_is_dead_lettered_with_its_reason(cloud: Cloud, context: Any) -> None:
    record_deliveries.handle(queue_batch("undelivered", "no json"), context)
    (dead,) = cloud.client("sqs").receive_message(
        QueueUrl=cloud.dead_queue_url, MessageAttributeNames=["All"]
    )["Messages"]
    assert dead["Body"] == "no json"
    assert dead["MessageAttributes"]["reason"]["StringValue"].startswith("not an SNS envelope of ours")


def test_where_dynamodb_refuses_the_message_stays(
    cloud: Cloud, context: Any, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import EndpointConnectionError

    def refuse(*_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="x")

    body = dead_letter(cloud, published)
    monkeypatch.setattr(DeliveriesTable, "save_row", refuse)
    answer = record_deliveries.handle(queue_batch("undelivered", body), context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "q-0"}]}
    with pytest.raises(EndpointConnectionError):
        record_deliveries.handle(log_batch(log_entry(published)), context)


@pytest.fixture
def entries(cloud: Cloud, context: Any) -> list[str]:
    """The entries of one event at two webhooks."""
    hooks = ("wh_1", "wh_2")
    for each in hooks:
        register(each)
    published = inform_client.handle(ORDER, context)["sns_message_id"]
    return [
        log_entry(published, destination=f"https://shop.example/{each}?webhook_id={each}") for each in hooks
    ]


@pytest.fixture
def slow(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function of 20 seconds that takes 16 for each row."""
    real, spent = DeliveriesTable.save_row, []

    def save_slowly(self: DeliveriesTable, row: Row) -> Row | None:
        spent.append(16_000)
        return real(self, row)

    monkeypatch.setattr(DeliveriesTable, "save_row", save_slowly)
    context.get_remaining_time_in_millis = lambda: 20_000 - sum(spent)


def states(cloud: Cloud) -> list[RowState]:
    return [each.state for each in rows(cloud)]


@pytest.mark.usefixtures("slow")
def test_a_log_batch_that_takes_too_long_is_continued_from_the_queue(
    cloud: Cloud, context: Any, entries: list[str]
) -> None:
    record_deliveries.handle(log_batch(*entries), context)
    assert states(cloud) == [RowState.DELIVERED, RowState.PENDING]
    (waiting,) = deferred(cloud)
    assert [message for message, *_ in json.loads(waiting)["log_events"]] == entries[1:]
    record_deliveries.handle(queue_batch("failed", waiting), context)
    assert states(cloud) == [RowState.DELIVERED, RowState.DELIVERED]


@pytest.mark.usefixtures("slow")
def test_a_message_of_a_queue_that_takes_too_long_leaves_what_it_has_not_done(
    cloud: Cloud, context: Any, entries: list[str]
) -> None:
    body = json.dumps({"requestPayload": log_batch(*entries)})
    assert record_deliveries.handle(queue_batch("failed", body), context) == {"batchItemFailures": []}
    assert states(cloud) == [RowState.DELIVERED, RowState.PENDING]
    (waiting,) = deferred(cloud)
    assert [message for message, *_ in json.loads(waiting)["log_events"]] == entries[1:]
    record_deliveries.handle(queue_batch("failed", waiting), context)
    assert states(cloud) == [RowState.DELIVERED, RowState.DELIVERED]


@pytest.mark.usefixtures("slow")
def test_messages_that_no_time_is_left_for_come_again(
    cloud: Cloud, context: Any, entries: list[str], counted: Any
) -> None:
    bodies = [json.dumps({"requestPayload": log_batch(each)}) for each in entries]
    answer = record_deliveries.handle(queue_batch("failed", *bodies), context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "q-1"}]}
    assert states(cloud) == [RowState.DELIVERED, RowState.PENDING]
    assert [each["SignalsDeferred"] for each in counted() if "SignalsDeferred" in each] == [[1]]


@pytest.mark.parametrize("queue", ["failed", "undelivered"])
def test_a_first_message_that_no_time_is_left_for_is_hidden_on_its_own_queue(
    cloud: Cloud, context: Any, published: str, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    bodies = {"failed": json.dumps({"requestPayload": log_batch(log_entry(published))}), "undelivered": "{}"}
    hidden: list[str] = []
    monkeypatch.setattr(
        aws.sqs(), "change_message_visibility", lambda **given: hidden.append(given["QueueUrl"])
    )
    monkeypatch.setenv("UNDELIVERED_QUEUE_URL", "undelivered")
    context.get_remaining_time_in_millis = lambda: 0
    answer = record_deliveries.handle(queue_batch(queue, bodies[queue]), context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "q-0"}]}
    assert hidden == [{"failed": cloud.failed_queue_url, "undelivered": "undelivered"}[queue]]


@pytest.mark.parametrize("timeout_seconds", [3, 5])
def test_a_short_time_out_is_long_enough_for_an_entry(
    cloud: Cloud, context: Any, published: str, timeout_seconds: int
) -> None:
    context.get_remaining_time_in_millis = lambda: timeout_seconds * 1000
    record_deliveries.handle(log_batch(log_entry(published)), context)
    assert only_row(cloud).state is RowState.DELIVERED


def test_attempts_are_counted_by_status_class_and_trigger(
    cloud: Cloud, context: Any, published: str, counted: Any
) -> None:
    entries = [log_entry(published, status=503, attempts=1), log_entry(published, attempts=2)]
    record_deliveries.handle(log_batch(*entries), context)
    found = {
        (each["status_class"], each["trigger"]): each["DeliveryAttempts"]
        for each in counted()
        if "DeliveryAttempts" in each
    }
    assert found == {("5xx", "order"): [1], ("2xx", "order"): [1]}


def test_a_change_of_health_is_sent_once_to_the_webhooks_that_ask_for_it(
    cloud: Cloud, context: Any, published: str
) -> None:
    register("wh_2", event_types=["webhook.disabled"])
    register("wh_3", event_types=["webhook.failing"])
    cloud.listen()
    for _ in range(2):
        record_deliveries.handle(log_batch(log_entry(published, status=410), group=FAILURES), context)
    (message,) = cloud.messages()
    assert json.loads(message["MessageAttributes"]["audience"]["Value"]) == ["wh_2"]
    event = json.loads(message["Message"])
    assert (event["type"], event["subject"]) == ("webhook.disabled", "wh_1")
    assert event["data"]["reason"] == "gone"
    assert [row.webhook_id for row in rows(cloud)] == ["wh_1", "wh_2"]


def test_a_change_of_health_is_sent_after_an_error_of_sns(
    cloud: Cloud, context: Any, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("wh_2", event_types=["webhook.disabled"])
    cloud.listen()
    batch = log_batch(log_entry(published, status=410), group=FAILURES)
    with monkeypatch.context() as outage:
        outage.setattr(EventTopics, "publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            record_deliveries.handle(batch, context)
    record_deliveries.handle(batch, context)
    (message,) = cloud.messages()
    assert json.loads(message["Message"])["type"] == "webhook.disabled"


def test_a_test_event_is_a_delivery_that_is_not_repeated(cloud: Cloud, context: Any) -> None:
    arn = cloud.client("sns").subscribe(
        TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.queue_arn, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    register(subscription_arn=arn)
    event = http_event("POST", "/-", headers={"x-client-id": "shop"}, path_parameters={"webhook_id": "wh_1"})
    assert send_test_event.handle(event, context)["statusCode"] == 202
    row = only_row(cloud)
    assert (row.state, row.trigger) == (RowState.PENDING, Trigger.TEST)
    (sns_message_id,) = deliveries().find_event(row.event_id).topics_published.values()
    record_deliveries.handle(log_batch(log_entry(sns_message_id, status=404)), context)
    assert only_row(cloud).state is RowState.DEAD


def test_two_functions_that_record_at_once_lose_nothing(
    cloud: Cloud, context: Any, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DeliveriesTable.save_row
    changed: list[Row] = []

    def interrupted(self: DeliveriesTable, row: Row) -> Row | None:
        if not changed:
            changed.append(row)
            current = self.find_row(row.webhook_id, row.key)
            real(self, replace(current, attempts=7))
        return real(self, row)

    monkeypatch.setattr(DeliveriesTable, "save_row", interrupted)
    record_deliveries.handle(log_batch(log_entry(published)), context)
    row = DeliveriesTable(aws.dynamodb(), "deliveries").find_row("wh_1", only_row(cloud).key)
    assert (row.state, row.attempts, row.version) == (RowState.DELIVERED, 8, 2)
