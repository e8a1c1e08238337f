"""The schedule of deliveries: what is due is found, in order, and one run at a time has the lease."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.deliveries.due import DueEntry
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.row import Reason, Row, RowState, Trigger
from functions.domain.deliveries.webhook_state import WebhookState
from tests.support.moto_cloud import Cloud

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def new_row(number: int = 1, webhook_id: str = "wh_1", **changes: Any) -> Row:
    fields: dict[str, Any] = {
        "webhook_id": webhook_id,
        "event_id": f"e-{number}",
        "event_time": f"2026-11-27T09:{number:02}:00.000Z",
        "client_id": "shop",
        "registration": "managed",
        "event_type": "order.paid",
        "subject": f"req-{number}",
        "document_md5": "0" * 32,
        "state": RowState.OWED,
        "trigger": Trigger.ORDER,
        "created_at": NOW,
    }
    return Row(**(fields | changes))


def pending(number: int, webhook_id: str, deadline_at: datetime) -> Row:
    return new_row(number, webhook_id, state=RowState.PENDING, claim="t", deadline_at=deadline_at)


@pytest.fixture
def table(cloud: Cloud) -> DeliveriesTable:
    return DeliveriesTable(aws.dynamodb(), "deliveries")


@pytest.fixture
def schedule(cloud: Cloud) -> DeliveriesSchedule:
    return DeliveriesSchedule(aws.dynamodb(), "deliveries")


def test_webhooks_with_work_are_found_in_every_shard_the_longest_due_first(table, schedule) -> None:
    for number in range(40):
        state = WebhookState(
            client_id="shop", webhook_id=f"wh_{number}", registration="r", work_at=NOW - minutes(number)
        )
        table.save_state(state)
    table.save_state(
        WebhookState(client_id="shop", webhook_id="wh_later", registration="r", work_at=NOW + minutes(1))
    )
    table.save_state(WebhookState(client_id="shop", webhook_id="wh_idle", registration="r"))
    assert schedule.due_webhooks(NOW) == [
        (f"wh_{number}", NOW - minutes(number)) for number in range(39, -1, -1)
    ]


def test_rows_beyond_their_deadline_are_found_the_longest_overdue_first(table, schedule) -> None:
    table.create_rows([pending(number, f"wh_{number}", NOW - minutes(number)) for number in range(1, 31)])
    table.create_rows([pending(31, "wh_1", NOW + minutes(1)), new_row(32)])
    overdue = schedule.overdue_rows(NOW, 10)
    assert overdue == [
        (f"wh_{number}", f"2026-11-27T09:{number:02}:00.000Z#e-{number}") for number in range(30, 20, -1)
    ]


def test_waiting_rows_are_listed_oldest_event_first_page_by_page(table, schedule) -> None:
    retrying = {
        "state": RowState.RETRYING,
        "due_at": NOW + minutes(120),
        "failed_at": NOW,
        "reason": Reason.REJECTED,
    }
    table.create_rows([new_row(3), new_row(1), new_row(2, **retrying)])
    table.create_rows([pending(4, "wh_1", NOW), new_row(5, state=RowState.DELIVERED), new_row(6, "wh_2")])
    first = schedule.due_rows("wh_1", None, 2)
    assert first == [
        DueEntry(key=new_row(1).key),
        DueEntry(key=new_row(2).key, due_at=NOW + minutes(120), failed_at=NOW, reason=Reason.REJECTED),
    ]
    assert schedule.due_rows("wh_1", first[-1].key, 2) == [DueEntry(key=new_row(3).key)]


def test_rows_between_leaves_out_both_ends_and_what_is_no_row(table, schedule) -> None:
    table.create_rows([new_row(number) for number in range(1, 9)])
    table.save_state(WebhookState(client_id="shop", webhook_id="wh_1", registration="r"))
    schedule.save_job(job())
    page = schedule.rows_between("wh_1", new_row(2).key, new_row(8).key, 3)
    assert page == [new_row(3), new_row(4), new_row(5)]
    assert schedule.rows_between("wh_1", page[-1].key, new_row(8).key, 3) == [new_row(6), new_row(7)]
    assert len(schedule.rows_between("wh_1", "0", "3", 100)) == 8


def job(**changes: Any) -> RecoverJob:
    fields: dict[str, Any] = {
        "webhook_id": "wh_1",
        "job_id": "j-1",
        "registration": "managed",
        "since": NOW - minutes(60),
        "until": NOW,
        "created_at": NOW,
    }
    return RecoverJob(**(fields | changes))


def test_a_recovery_is_read_back_as_it_was_stored(schedule) -> None:
    assert schedule.find_job("wh_1", "j-1") is None
    for stored in (job(), job(cursor="k", sent=2, skipped=1, status="done", finished_at=NOW)):
        schedule.save_job(stored)
        assert schedule.find_job("wh_1", "j-1") == stored


def test_one_holder_at_a_time_has_the_lease(schedule) -> None:
    assert schedule.acquire_lease("a", NOW, NOW + minutes(1))
    assert not schedule.acquire_lease("b", NOW + minutes(0.5), NOW + minutes(2))
    assert schedule.acquire_lease("b", NOW + minutes(1.1), NOW + minutes(2))
    schedule.release_lease("a")
    assert not schedule.acquire_lease("a", NOW + minutes(1.2), NOW + minutes(2))
    schedule.release_lease("b")
    assert schedule.acquire_lease("a", NOW + minutes(1.3), NOW + minutes(2))
