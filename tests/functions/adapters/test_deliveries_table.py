"""The deliveries table: what is stored is read back, and no write undoes another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import aws, batch_reads
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import attempt_of, row_item, shard_of, state_item
from functions.domain.deliveries.row import Attempt, Reason, Row, RowState, Trigger
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.webhook_state import LastFailure, Probe, WebhookState
from functions.domain.outage import ServiceUnavailable
from tests.support.moto_cloud import Cloud

NOW = datetime(2026, 11, 27, 9, 30, 0, 123_000, tzinfo=UTC)


def new_row(webhook_id: str = "wh_1", event_id: str = "e-1", **changes: Any) -> Row:
    row = Row(
        webhook_id=webhook_id,
        event_id=event_id,
        event_time="2026-11-27T09:29:00.000Z",
        client_id="shop",
        registration="managed",
        event_type="order.paid",
        subject="req-1",
        document_md5="0" * 32,
        state=RowState.OWED,
        trigger=Trigger.ORDER,
        created_at=NOW,
    )
    return replace(row, **changes)


ATTEMPT = Attempt(sns_message_id="m-1", number=2, at=NOW, status=503, response="busy", duration_ms=12)
PENDING: dict[str, Any] = {"state": RowState.PENDING, "claim": "first#e-1", "deadline_at": NOW}


@pytest.fixture
def table(cloud: Cloud) -> DeliveriesTable:
    return DeliveriesTable(aws.dynamodb(), "deliveries")


@pytest.mark.parametrize(
    "row",
    [
        new_row(),
        new_row(**PENDING, publications=1, counted=(("m-1", 2), ("m-2", 1)), last_attempt=ATTEMPT),
        new_row(state=RowState.RETRYING, due_at=NOW, reason=Reason.UNAVAILABLE, retries=3),
        new_row(state=RowState.DELIVERED, delivered=replace(ATTEMPT, status=None), delivered_at=NOW),
    ],
)
def test_a_row_is_read_as_it_was_stored(table: DeliveriesTable, row: Row) -> None:
    assert table.create_rows([row]) == [row]
    assert table.find_row(row.webhook_id, row.key) == row
    assert table.find_rows([("wh_1", row.key), ("wh_2", row.key)]) == {("wh_1", row.key): row}


def test_a_row_that_exists_is_never_changed_by_a_second_creation(table: DeliveriesTable) -> None:
    (first,) = table.create_rows([new_row(**PENDING)])
    saved = table.save_row(replace(first, state=RowState.DELIVERED, delivered_at=NOW))
    assert table.create_rows([new_row(), new_row("wh_2")]) == [saved, new_row("wh_2")]


def test_a_row_that_changed_meanwhile_is_not_overwritten(table: DeliveriesTable) -> None:
    (read,) = table.create_rows([new_row()])
    first = table.save_row(replace(read, attempts=1))
    assert first is not None
    assert table.save_row(replace(read, attempts=9)) is None
    second = table.save_row(replace(first, attempts=2))
    assert table.find_row("wh_1", read.key) == second == replace(read, attempts=2, version=2)


def test_a_deleted_row_is_not_created_by_a_late_signal(table: DeliveriesTable) -> None:
    assert table.save_row(new_row()) is None
    assert table.find_row("wh_1", new_row().key) is None


def test_a_hundred_webhooks_of_one_client_are_stored_and_read(table: DeliveriesTable) -> None:
    rows = [new_row(f"wh_{number}") for number in range(120)]
    assert table.create_rows(rows) == rows
    assert len(table.find_rows((each.webhook_id, each.key) for each in rows)) == 120


def test_a_row_is_in_the_index_of_what_it_waits_for(table: DeliveriesTable, cloud: Cloud) -> None:
    deadline = {"schedule_key", "schedule_at"}
    indexed = {"due_webhook", *deadline}
    assert indexed & row_item(new_row()).keys() == {"due_webhook"}
    assert indexed & row_item(new_row(**PENDING)).keys() == deadline
    ended = row_item(new_row(state=RowState.DELIVERED, delivered_at=NOW))
    assert indexed & ended.keys() == set()
    assert int(ended["expires_at"]["N"]) == int((NOW + timedelta(days=35)).timestamp())
    dead = row_item(new_row(state=RowState.DEAD, dead_at=NOW, reason=Reason.SCHEDULE_EXHAUSTED))
    assert indexed & dead.keys() == deadline
    assert dead["schedule_key"] == {"S": f"dead#{shard_of('wh_1')}"}
    # Nobody can send these again, or nobody wants to.
    for changes in (
        {"reason": Reason.WEBHOOK_DELETED},
        {"reason": Reason.REMOVED},
        {"event_type": "webhook.test"},
    ):
        assert not indexed & row_item(new_row(state=RowState.DEAD, dead_at=NOW, **changes)).keys()
    assert "expires_at" not in row_item(new_row(**PENDING)) | row_item(new_row())
    table.create_rows([new_row(), new_row("wh_2", **PENDING)])
    found = cloud.client("dynamodb").query(
        TableName="deliveries",
        IndexName="by-schedule",
        KeyConditionExpression="schedule_key = :key",
        ExpressionAttributeValues={":key": {"S": f"deadline#{shard_of('wh_2')}"}},
    )["Items"]
    assert [each["pk"]["S"] for each in found] == ["webhook#wh_2"]


def test_an_event_keeps_its_recipients_and_each_topics_first_publication(
    table: DeliveriesTable,
) -> None:
    event = StoredEvent(
        event_id="e-1",
        client_id="shop",
        event_type="order.paid",
        subject="req-1",
        event_time="2026-11-27T09:29:00.000Z",
        document='{"id":"e-1"}',
        md5="0" * 32,
        webhook_ids=("wh_1", "wh_2"),
    )
    assert table.find_event("e-1") is None
    assert table.create_event(event, NOW) is None
    assert table.create_event(replace(event, webhook_ids=("wh_3",)), NOW) == event
    table.record_topic("e-1", "arn:aws:sns:eu-west-1:123456789012:order-events", "m-1")
    table.record_topic("e-1", "arn:aws:sns:eu-west-1:123456789012:order-events-2", "m-2")
    stored = table.find_event("e-1")
    assert stored == replace(event, topics_published=stored.topics_published)
    assert sorted(stored.topics_published.values()) == ["m-1", "m-2"]


def test_messages_are_found_by_their_ids(table: DeliveriesTable) -> None:
    message = Message(
        sns_message_id="m-1",
        event_id="e-1",
        event_time="2026-11-27T09:29:00.000Z",
        claim="first#e-1",
        webhook_ids=("wh_1",),
        published_at=NOW,
    )
    table.put_message(message)
    assert table.find_messages(["m-1", "m-0", "m-1"]) == {"m-1": message}


def test_an_attempt_that_is_reported_twice_is_stored_once(table: DeliveriesTable, cloud: Cloud) -> None:
    for _ in range(2):
        table.put_attempt(new_row(), ATTEMPT)
    (item,) = cloud.client("dynamodb").scan(TableName="deliveries")["Items"]
    assert attempt_of(item) == ATTEMPT


def test_the_newest_row_with_a_document_is_found_by_its_md5(table: DeliveriesTable) -> None:
    rows = [
        new_row(event_id=f"e-{hour}", event_time=f"2026-11-27T{hour:02}:00:00.000Z", document_md5=md5)
        for hour, md5 in ((6, "a"), (7, "b"), (8, "a"), (10, "a"))
    ]
    table.create_rows([*rows, new_row("wh_2", document_md5="a")])
    assert table.find_row_by_md5("wh_1", "a", NOW) == rows[2]
    assert table.find_row_by_md5("wh_1", "c", NOW) is None


STATE = WebhookState(
    client_id="shop",
    webhook_id="wh_1",
    registration="managed",
    failing_since=NOW,
    last_failure=LastFailure(at=NOW, event_id="e-1", status=None),
    probe=Probe(row_key="k", token="t"),
    jobs=("job-1",),
    work_at=NOW,
)


def test_a_state_is_read_as_it_was_stored_and_saved_once_a_version(table: DeliveriesTable) -> None:
    assert table.find_state("wh_1") is None
    first = table.save_state(STATE)
    assert first == table.find_state("wh_1") == replace(STATE, version=1)
    assert table.save_state(STATE) is None
    second = table.save_state(replace(first, work_at=None))
    assert table.save_state(first) is None
    assert table.find_states(["wh_1", "wh_2", "wh_1"]) == {"wh_1": second}


def test_a_state_is_in_the_index_while_there_is_work() -> None:
    assert state_item(STATE)["schedule_key"] == {"S": f"work#{shard_of('wh_1')}"}
    assert not {"schedule_key", "schedule_at"} & state_item(replace(STATE, work_at=None)).keys()


class Throttled:
    """DynamoDB that leaves keys unprocessed: the last of each request, a few times."""

    def __init__(self, client: Any, times: int) -> None:
        self._client = client
        self._times = times

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto3's name
        ((table_name, wanted),) = RequestItems.items()
        if self._times == 0:
            return self._client.batch_get_item(RequestItems=RequestItems)
        self._times -= 1
        *taken, left = wanted["Keys"]
        answer = {"Responses": {}} if not taken else self._taken(table_name, wanted, taken)
        return {**answer, "UnprocessedKeys": {table_name: {**wanted, "Keys": [left]}}}

    def _taken(self, table_name: str, wanted: Any, taken: list[Any]) -> Any:
        return self._client.batch_get_item(RequestItems={table_name: {**wanted, "Keys": taken}})


def test_keys_that_dynamodb_leaves_unprocessed_are_read_again(table: DeliveriesTable, monkeypatch) -> None:
    monkeypatch.setattr(batch_reads.time, "sleep", lambda _: None)
    rows = table.create_rows([new_row(f"wh_{number}") for number in range(3)])
    keys = [(each.webhook_id, each.key) for each in rows]
    slow = DeliveriesTable(Throttled(aws.dynamodb(), times=2), "deliveries")
    assert set(slow.find_rows(keys)) == set(keys)
    with pytest.raises(ServiceUnavailable):
        DeliveriesTable(Throttled(aws.dynamodb(), times=99), "deliveries").find_rows(keys)
