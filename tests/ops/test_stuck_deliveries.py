"""Dead deliveries of all webhooks, what a recovery would send, and ending a delivery for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.deliveries.outcome import owed_again
from functions.domain.deliveries.row import Reason, Row, RowState, Trigger
from functions.domain.instant import now
from ops.deliveries import count_dead, dead_rows, due_rows
from ops.stuck_deliveries import missed_since, remove_row
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.ops.test_deliveries import row


@pytest.fixture
def table(stack: MotoStack) -> DeliveriesTable:
    return DeliveriesTable(stack.client("dynamodb"), "deliveries")


@pytest.fixture
def target(stack: MotoStack) -> Target:
    return Target(name="the stack test", outputs=stack.outputs)


def dead(number: int, **changes: Any) -> Row:
    """A delivery of an event of `number` minutes ago, which died then."""
    ended = {"state": RowState.DEAD, "reason": Reason.SCHEDULE_EXHAUSTED, "delivered_at": None}
    return row(number, **{**ended, "dead_at": now() - timedelta(minutes=number), **changes})


def waiting(number: int, **changes: Any) -> Row:
    return row(number, **{"state": RowState.OWED, "delivered_at": None, **changes})


def ids(rows: list[Row]) -> list[str]:
    return [each.event_id for each in rows]


def test_the_dead_deliveries_of_all_webhooks_are_listed_the_latest_first(
    table: DeliveriesTable, target: Target
) -> None:
    table.create_rows([dead(number, webhook_id=f"wh_{number}") for number in (5, 1, 3)])
    table.create_rows([row(2), waiting(4), dead(6, reason=Reason.WEBHOOK_DELETED)])
    assert ids(dead_rows(target, most=10)) == ["event-1", "event-3", "event-5"]
    assert ids(dead_rows(target, most=2)) == ["event-1", "event-3"]
    assert ids(dead_rows(target, since=now() - timedelta(minutes=4))) == ["event-1", "event-3"]


def test_the_dead_deliveries_of_all_webhooks_are_counted_over_several_pages(
    table: DeliveriesTable, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.create_rows([dead(number, webhook_id=f"wh_{number % 3}") for number in range(1, 8)])
    table.create_rows([row(2), waiting(4), dead(6, reason=Reason.WEBHOOK_DELETED)])
    monkeypatch.setattr("ops.deliveries._COUNTED_PER_QUERY", 1)
    assert count_dead(target, now() - timedelta(hours=1)) == 7
    assert count_dead(target, now() - timedelta(minutes=4, seconds=30)) == 4


def test_a_delivery_that_is_sent_again_is_no_longer_listed(table: DeliveriesTable, target: Target) -> None:
    (stored,) = table.create_rows([dead(1)])
    assert table.save_row(owed_again(stored, Trigger.RECOVER, restart_schedule=True))
    assert dead_rows(target, most=10) == []


@pytest.mark.parametrize("stuck", [dead(1), waiting(1), waiting(1, state=RowState.RETRYING, due_at=now())])
def test_a_removed_delivery_is_ended_and_kept_as_a_record(
    table: DeliveriesTable, target: Target, stuck: Row
) -> None:
    table.create_rows([stuck])
    assert remove_row(target, stuck)
    kept = table.find_row(stuck.webhook_id, stuck.key)
    assert kept is not None
    assert (kept.state, kept.reason, kept.due_at) == (RowState.DEAD, Reason.REMOVED, None)
    assert dead_rows(target, most=10) == []
    assert due_rows(target, stuck.webhook_id, 10) == []


def test_a_delivery_that_has_moved_on_is_not_removed(table: DeliveriesTable, target: Target) -> None:
    (listed,) = table.create_rows([waiting(1)])
    assert table.save_row(row(1, event_time=listed.event_time, version=listed.version))
    assert not remove_row(target, listed)
    kept = table.find_row(listed.webhook_id, listed.key)
    assert kept is not None
    assert kept.state is RowState.DELIVERED


def test_what_a_recovery_would_send_is_counted(table: DeliveriesTable, target: Target) -> None:
    retrying = waiting(2, state=RowState.RETRYING, due_at=now())
    table.create_rows([dead(1), retrying, row(3), waiting(4), dead(5, reason=Reason.REMOVED), dead(90)])
    counted = missed_since(target, "wh_1", now() - timedelta(hours=1))
    assert (counted.missed, counted.others, counted.is_complete) == (2, 3, True)


def test_what_waits_is_listed_by_the_events_times(table: DeliveriesTable, target: Target) -> None:
    table.create_rows([waiting(number) for number in (1, 2, 3)])
    assert ids(list(due_rows(target, "wh_1", 2))) == ["event-3", "event-2"]
