"""The API's view of deliveries: the attempt log, one delivery, pausing, and recoveries."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.adapters import aws
from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_pages import DeliveryPages
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import Attempt, Reason, Row, RowState, Trigger
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import DisabledReason, LastFailure, WebhookState
from functions.domain.instant import now, timestamp
from functions.domain.pending_subscription import Pending, PendingSubscription
from functions.domain.webhook import Webhook
from functions.handlers import (
    get_delivery,
    get_recovery,
    get_webhook,
    list_deliveries,
    recover_webhook,
    update_webhook,
)
from functions.http.replies import Reply
from tests.support.http_events import MOST_RESPONSE_BYTES, http_event

START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
REGISTERED = "2026-11-01T00:00:00.000Z"


class Api:
    """The functions, called as API Gateway calls them."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def call(
        self,
        handler: Callable[..., Reply],
        *,
        client: str = "shop",
        body: Any = None,
        query: dict[str, str] | None = None,
        **parameters: str,
    ) -> tuple[int, dict[str, Any]]:
        parameters = {"webhook_id": "wh_1", **parameters}
        path = f"/webhooks/{parameters['webhook_id']}/x"
        event = http_event(path=path, body=body, headers={"x-client-id": client}, path_parameters=parameters)
        event["queryStringParameters"] = query or {}
        answer = handler(event, self.context)
        return answer["statusCode"], json.loads(answer["body"])

    def deliveries(self, **query: str) -> dict[str, Any]:
        status, body = self.call(list_deliveries.handle, query=query)
        assert status == 200
        return body


@pytest.fixture
def api(cloud, context, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setattr(get_webhook, "resolve", lambda _host: ["93.184.215.14"])
    register("shop", "wh_1")
    return Api(context)


@pytest.fixture
def table(cloud) -> DeliveriesTable:
    return DeliveriesTable(aws.dynamodb(), cloud.deliveries_table_name)


def register(client: str, webhook_id: str, **changes: Any) -> Webhook:
    webhook = Webhook(
        client_id=client,
        webhook_id=webhook_id,
        url="https://shop.example/hooks",
        event_types=["order.paid"],
        created_at=REGISTERED,
        **changes,
    )
    WebhooksTable(aws.dynamodb(), "webhooks").create(webhook, max_per_client=100)
    return webhook


def row(number: int, *, webhook_id: str = "wh_1", client: str = "shop", **changes: Any) -> Row:
    known: dict[str, Any] = {
        "webhook_id": webhook_id,
        "event_id": f"event-{number}",
        "event_time": timestamp(START + timedelta(minutes=number)),
        "client_id": client,
        "registration": REGISTERED,
        "event_type": "order.paid",
        "subject": f"req-{number}=",
        "document_md5": "0" * 32,
        "state": RowState.PENDING,
        "trigger": Trigger.ORDER,
        "created_at": START,
    }
    return Row(**{**known, **changes})


def attempt(number: int, status: int | None = 503, message: str = "m-1", **changes: Any) -> Attempt:
    known = {"at": START + timedelta(minutes=10, seconds=number), "response": "busy", "duration_ms": 12}
    return Attempt(sns_message_id=message, number=number, status=status, **{**known, **changes})


def delivered(number: int, **changes: Any) -> Row:
    taken = attempt(1, 200, response="ok")
    known = {"attempts": 1, "delivered": taken, "last_attempt": taken, "delivered_at": taken.at}
    return row(number, state=RowState.DELIVERED, **{**known, **changes})


def event_of(row: Row) -> StoredEvent:
    return StoredEvent(
        event_id=row.event_id,
        client_id="shop",
        event_type="order.paid",
        subject=row.subject,
        event_time=row.event_time,
        document=json.dumps({"id": row.event_id}),
        md5="0" * 32,
        webhook_ids=(row.webhook_id,),
    )


def test_a_first_success_is_one_attempt(api: Api, table: DeliveriesTable) -> None:
    table.create_rows([delivered(0)])
    (shown,) = api.deliveries()["deliveries"]
    assert (shown["status"], shown["event_id"], shown["subject"]) == ("delivered", "event-0", "req-0=")
    assert shown["attempts"] == [
        {
            "sns_message_id": "m-1",
            "number": 1,
            "at": "2026-11-25T09:40:01.000Z",
            "status_code": 200,
            "response": "ok",
            "duration_ms": 12,
        }
    ]


def test_failures_and_the_next_attempt_are_shown_in_their_order(api: Api, table: DeliveriesTable) -> None:
    due_at = START + timedelta(hours=2)
    failed = row(
        0,
        state=RowState.RETRYING,
        reason=Reason.UNAVAILABLE,
        attempts=3,
        due_at=due_at,
        last_attempt=attempt(3, None),
    )
    table.create_rows([failed])
    for number, status in ((2, 503), (1, 429), (3, None)):
        table.put_attempt(failed, attempt(number, status))
    (shown,) = api.deliveries()["deliveries"]
    assert [(each["number"], each["status_code"]) for each in shown["attempts"]] == [
        (1, 429),
        (2, 503),
        (3, None),
    ]
    assert (shown["reason"], shown["next_attempt_at"]) == ("unavailable", timestamp(due_at))


def test_a_list_shows_the_newest_attempts_and_a_delivery_all(api: Api, table: DeliveriesTable) -> None:
    failed = row(0, state=RowState.RETRYING, attempts=22, last_attempt=attempt(22))
    table.create_event(event_of(failed), START)
    table.create_rows([failed])
    for number in range(1, 23):
        table.put_attempt(failed, attempt(number))
    (listed,) = api.deliveries()["deliveries"]
    assert [each["number"] for each in listed["attempts"]] == [*range(3, 23)]
    _, shown = api.call(get_delivery.handle, event_id="event-0")
    assert [each["number"] for each in shown["attempts"]] == [*range(1, 23)]


def test_a_page_of_long_attempt_logs_fits_in_a_response(
    api: Api, table: DeliveriesTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.create_rows([row(each) for each in range(100)])
    tried = [attempt(each, response='<p id="busy">' * 38) for each in range(90)]
    monkeypatch.setattr(DeliveryPages, "attempts_of", lambda _pages, rows: [tried for _ in rows])
    event = http_event(headers={"x-client-id": "shop"}, path_parameters={"webhook_id": "wh_1"})
    reply = list_deliveries.handle({**event, "queryStringParameters": {"limit": "100"}}, api.context)
    assert len(json.loads(reply["body"])["deliveries"]) == 100
    assert len(json.dumps(reply)) < MOST_RESPONSE_BYTES


def test_a_status_and_times_choose_rows(api: Api, table: DeliveriesTable) -> None:
    table.create_rows([delivered(0), row(1, state=RowState.DEAD, dead_at=START), delivered(2), row(3)])
    assert [each["event_id"] for each in api.deliveries(status="dead")["deliveries"]] == ["event-1"]
    since, until = (timestamp(START + timedelta(minutes=each)) for each in (1, 3))
    found = api.deliveries(since=since, until=until)["deliveries"]
    assert [each["event_id"] for each in found] == ["event-2", "event-1"]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(numbers=st.sets(st.integers(0, 60), max_size=12), limit=st.integers(1, 5))
def test_pages_have_every_row_once_newest_first_and_no_other_webhooks(
    api: Api, table: DeliveriesTable, numbers: set[int], limit: int
) -> None:
    client = aws.dynamodb()
    for item in client.scan(TableName="deliveries")["Items"]:
        client.delete_item(TableName="deliveries", Key={"pk": item["pk"], "sk": item["sk"]})
    others = [row(each, webhook_id=other, client="depot") for each in numbers for other in ("wh_0", "wh_11")]
    table.create_rows([*(row(each) for each in numbers), *others])
    table.save_state(WebhookState(client_id="shop", webhook_id="wh_1", registration=REGISTERED))
    found: list[str] = []
    query = {"limit": str(limit)}
    while True:
        page = api.deliveries(**query)
        assert len(page["deliveries"]) <= limit
        assert {each["webhook_id"] for each in page["deliveries"]} <= {"wh_1"}
        found += [each["event_id"] for each in page["deliveries"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == [f"event-{each}" for each in sorted(numbers, reverse=True)]


HANDLERS: dict[str, tuple[Callable[..., Reply], Any]] = {
    "list_deliveries": (list_deliveries.handle, None),
    "get_delivery": (get_delivery.handle, None),
    "update_webhook": (update_webhook.handle, {"status": "paused"}),
    "recover_webhook": (recover_webhook.handle, {"since": "2026-11-25T00:00:00Z"}),
    "get_recovery": (get_recovery.handle, None),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_another_clients_webhook_does_not_exist(api: Api, table: DeliveriesTable, name: str) -> None:
    handler, body = HANDLERS[name]
    status, _ = api.call(handler, client="depot", body=body, event_id="event-0", job_id="j")
    assert status == 404
    assert table.find_state("wh_1") is None


def test_a_delivery_is_shown_with_its_event(api: Api, table: DeliveriesTable) -> None:
    stored = delivered(0)
    table.create_event(event_of(stored), START)
    table.create_rows([stored])
    status, shown = api.call(get_delivery.handle, event_id="event-0")
    assert (status, shown["event"], shown["status"]) == (200, {"id": "event-0"}, "delivered")
    assert api.call(get_delivery.handle, event_id="event-1")[0] == 404


def test_an_event_that_another_webhook_has_is_not_this_ones(api: Api, table: DeliveriesTable) -> None:
    register("shop", "wh_2")
    stored = delivered(0, webhook_id="wh_2")
    table.create_event(event_of(stored), START)
    table.create_rows([stored])
    assert api.call(get_delivery.handle, event_id="event-0")[0] == 404


# Changes


def record(webhook_id: str = "wh_1") -> Webhook:
    found = WebhooksTable(aws.dynamodb(), "webhooks").find("shop", webhook_id)
    assert found is not None
    return found


def test_what_is_left_out_stays_as_it_is(api: Api) -> None:
    status, _ = api.call(update_webhook.handle, body={"event_types": ["order.failed"]})
    assert (status, record().event_types, record().status) == (200, ["order.failed"], "active")
    api.call(update_webhook.handle, body={"description": "new", "status": "paused"})
    assert (record().event_types, record().description, record().status) == (
        ["order.failed"],
        "new",
        "paused",
    )


def test_pausing_and_resuming_have_redeliver_look_at_once(api: Api, table: DeliveriesTable) -> None:
    disabled = WebhookState(
        client_id="shop",
        webhook_id="wh_1",
        registration=REGISTERED,
        disabled_at=START,
        disabled_reason=DisabledReason.FAILING,
        failing_since=START,
    )
    table.save_state(disabled)
    api.call(update_webhook.handle, body={"status": "paused"})
    paused = table.find_state("wh_1")
    assert paused is not None
    assert paused.work_at is not None
    assert paused.disabled_at == START
    api.call(update_webhook.handle, body={"status": "active"})
    resumed = table.find_state("wh_1")
    assert resumed is not None
    assert resumed.work_at is not None
    assert (resumed.disabled_at, resumed.failing_since) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "disabled"}, "status"),
        ({"event_types": []}, "event_types"),
        ({"url": "https://other.example"}, "url"),
        ({"description": "\n"}, "description"),
    ],
)
def test_a_wrong_change_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    status, answer = api.call(update_webhook.handle, body=body)
    assert (status, [each["field"] for each in answer["errors"]]) == (422, [field])


def test_the_operators_webhook_is_not_changed(api: Api) -> None:
    register("shop", "managed", managed=True)
    assert api.call(update_webhook.handle, body={"status": "paused"}, webhook_id="managed")[0] == 409
    assert record("managed").status == "active"


# Health


def test_a_webhook_shows_its_health(api: Api, table: DeliveriesTable, monkeypatch) -> None:
    failure = LastFailure(at=START, event_id="event-0", status=503, response="busy")
    state = WebhookState(
        client_id="shop",
        webhook_id="wh_1",
        registration=REGISTERED,
        failures_in_row=2,
        failing_since=START,
        last_failure=failure,
        last_success_at=START - timedelta(days=1),
    )
    table.save_state(state)
    status, shown = api.call(get_webhook.handle)
    assert status == 200
    assert shown["last_failure"] == {
        "at": timestamp(START),
        "event_id": "event-0",
        "status_code": 503,
        "response": "busy",
    }
    assert (shown["consecutive_failures"], shown["failing_since"]) == (2, timestamp(START))
    assert shown["last_success_at"] == timestamp(START - timedelta(days=1))
    # Without a subscription it waits for its confirmation.
    assert shown["status"] == "pending_confirmation"
    assert "SNS was not asked to send a SubscriptionConfirmation" in shown["waiting_for"]


def test_a_pending_webhook_says_why_its_handshake_has_failed(api: Api, monkeypatch) -> None:
    webhook = register("shop", "wh_2", subscription_arn="arn:aws:sns:eu-west-1:123456789012:t:1")
    asked = PendingSubscription(requested_at=timestamp(now() - timedelta(hours=5)))
    WebhooksTable(aws.dynamodb(), "webhooks").save_pending("shop", Pending({"wh_2": asked}, 0))
    monkeypatch.setattr(Subscriptions, "_pending_confirmation", lambda *_: "true")
    _, shown = api.call(get_webhook.handle, webhook_id="wh_2")
    assert shown["status"] == "pending_confirmation"
    assert asked.requested_at in shown["waiting_for"]
    assert "your server did not answer" in shown["waiting_for"]

    def fail(_host: str) -> list[str]:
        raise OSError("no such host")

    monkeypatch.setattr(get_webhook, "resolve", fail)
    _, shown = api.call(get_webhook.handle, webhook_id="wh_2")
    assert shown["waiting_for"].startswith("The URL has the host shop.example, which DNS does not resolve")
    assert webhook.confirmed_at is None


def test_the_health_of_an_earlier_registration_is_not_shown(api: Api, table: DeliveriesTable) -> None:
    state = WebhookState(client_id="shop", webhook_id="wh_1", registration="2020", failures_in_row=9)
    table.save_state(state)
    _, shown = api.call(get_webhook.handle)
    assert (shown["consecutive_failures"], shown["last_failure"]) == (0, None)


# Recoveries


def test_a_recovery_is_stored_and_redeliver_is_to_look(api: Api, table: DeliveriesTable, cloud) -> None:
    status, started = api.call(recover_webhook.handle, body={"since": "2026-11-25T10:00:00+01:00"})
    assert (status, started["status"], started["since"]) == (202, "running", "2026-11-25T09:00:00.000Z")
    state = table.find_state("wh_1")
    assert state is not None
    assert state.work_at is not None
    assert state.jobs == (started["job_id"],)
    schedule = DeliveriesSchedule(aws.dynamodb(), cloud.deliveries_table_name)
    job = schedule.find_job("wh_1", started["job_id"])
    assert job is not None
    assert job.registration == REGISTERED
    schedule.save_job(replace(job, status="done", sent=3, skipped=1, finished_at=now()))
    status, shown = api.call(get_recovery.handle, job_id=job.job_id)
    assert (status, shown["status"], shown["sent"], shown["skipped"]) == (200, "done", 3, 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-25T09:00:00"}, "since"),
        ({"since": 1}, "since"),
        ({"since": "2026-11-25T09:00:00Z", "until": "2026-11-25T09:00:00Z"}, "since"),
        ({"since": "2999-11-25T09:00:00Z"}, "since"),
    ],
)
def test_a_wrong_range_is_refused(api: Api, table: DeliveriesTable, body: dict[str, Any], field: str) -> None:
    status, answer = api.call(recover_webhook.handle, body=body)
    assert (status, [each["field"] for each in answer["errors"]]) == (422, [field])
    assert table.find_state("wh_1") is None


def test_only_so_many_recoveries_run_at_once(api: Api, table: DeliveriesTable) -> None:
    body = {"since": "2026-11-25T09:00:00Z"}
    assert [api.call(recover_webhook.handle, body=body)[0] for _ in range(6)] == [202] * 5 + [409]
    state = table.find_state("wh_1")
    assert state is not None
    assert len(state.jobs) == 5


def test_an_unknown_recovery_is_a_404(api: Api) -> None:
    assert api.call(get_recovery.handle, job_id="none")[0] == 404
