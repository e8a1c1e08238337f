"""Deliveries by webhook, by order and by what waits: from the table's keys and indexes."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.items import to_item
from functions.domain.deliveries.row import Attempt, Row, RowState
from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.event import order_event
from functions.domain.instant import now, timestamp
from functions.domain.webhook import Webhook
from ops.console.delivery_results import result_of, results_of
from ops.console.webhooks_reading import success_of
from ops.deliveries import attempts_of_row, rows_of_webhook, waiting_rows
from ops.orders.lookup import orders_with_ids
from ops.target import Target
from tests.functions.domain.deliveries import samples
from tests.ops.conftest import MotoStack
from tests.ops.test_orders import save


@pytest.fixture
def table(stack: MotoStack) -> DeliveriesTable:
    return DeliveriesTable(stack.client("dynamodb"), "deliveries")


@pytest.fixture
def target(stack: MotoStack) -> Target:
    return Target(name="the stack test", outputs=stack.outputs)


def row(number: int, **changes: Any) -> Row:
    time = now() - timedelta(minutes=number)
    values: dict[str, Any] = {
        "webhook_id": "wh_1",
        "event_id": f"event-{number}",
        "event_time": timestamp(time),
        "created_at": time,
        "state": RowState.DELIVERED,
        "delivered_at": time,
    }
    return replace(samples.row(), **{**values, **changes})


def test_a_webhook_s_deliveries_are_paged_the_newest_first(table: DeliveriesTable, target: Target) -> None:
    table.create_rows([row(number) for number in range(7)])
    table.create_rows([row(1, webhook_id="wh_2")])
    table.save_state(WebhookState(client_id="shop", webhook_id="wh_1", registration="r"))
    seen: list[str] = []
    before = None
    while True:
        page = rows_of_webhook(target, "wh_1", 3, before=before)
        seen += [each.event_id for each in page.rows]
        if page.next is None:
            break
        before = page.next
    assert seen == [f"event-{number}" for number in range(7)]


def test_deliveries_are_chosen_by_state_and_time(table: DeliveriesTable, target: Target) -> None:
    dead = row(3, state=RowState.DEAD, delivered_at=None, dead_at=now())
    table.create_rows([row(1), dead, row(200)])
    found = rows_of_webhook(target, "wh_1", 10, state="dead")
    assert [each.event_id for each in found.rows] == ["event-3"]
    recent = rows_of_webhook(target, "wh_1", 10, since=now() - timedelta(hours=1))
    assert [each.event_id for each in recent.rows] == ["event-1", "event-3"]


def test_the_attempts_of_a_delivery_include_the_first_success(table: DeliveriesTable, target: Target) -> None:
    failed = Attempt(sns_message_id="m", number=1, at=now() - timedelta(minutes=2), status=503)
    taken = Attempt(sns_message_id="m", number=2, at=now(), status=200)
    delivered = row(1, last_attempt=taken, delivered=taken)
    table.create_rows([delivered])
    table.put_attempt(delivered, failed)
    assert [each.status for each in attempts_of_row(target, delivered)] == [503, 200]


def test_what_waits_is_found_by_the_webhooks_that_have_work(table: DeliveriesTable, target: Target) -> None:
    waiting = row(5, state=RowState.OWED, delivered_at=None)
    table.create_rows([waiting, row(1), row(2, webhook_id="wh_idle", state=RowState.OWED, delivered_at=None)])
    state = WebhookState(client_id="shop", webhook_id="wh_1", registration="r", work_at=now())
    table.save_state(state)
    assert [each.event_id for each in waiting_rows(target, 10)] == ["event-5"]


@pytest.mark.parametrize(
    ("states", "result"),
    [
        (["delivered"], "delivered"),
        (["delivered", "delivered"], "delivered, 2 of 2 delivered"),
        (["delivered", "dead", "retrying"], "dead, 1 of 3 delivered"),
        (["pending", "delivered"], "pending, 1 of 2 delivered"),
    ],
)
def test_the_worst_of_several_deliveries_is_an_order_s_result(states: list[str], result: str) -> None:
    assert result_of(row(1, state=RowState(each)) for each in states) == result


def test_an_order_in_a_list_has_the_result_of_its_own_event(
    stack: MotoStack, table: DeliveriesTable, target: Target
) -> None:
    webhook = Webhook(
        client_id="shop", webhook_id="wh_1", url="https://shop.example/", event_types=["order.paid"]
    )
    stack.client("dynamodb").put_item(TableName="webhooks", Item=to_item(webhook.document()))
    paid, pending, other = (save(stack, number, now(), reference="PO") for number in (1, 2, 3))
    for each in (paid, other):
        stack.client("dynamodb").update_item(
            TableName="orders",
            Key=to_item({"request_id": each}),
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_item({":status": "paid"}),
        )
    orders = orders_with_ids(target, [paid, pending, other])
    event = order_event(asdict(orders[0]))
    table.create_rows([row(1, event_id=event.id, event_time=event.time, subject=paid)])
    assert results_of(target, orders) == {paid: "delivered"}


def test_the_success_rate_is_a_number_and_a_curve() -> None:
    since = now() - timedelta(days=1)
    rows = [row(5), row(6), row(7), row(8, state=RowState.DEAD), row(9, state=RowState.PENDING)]
    assert success_of(rows, since).startswith("75 % ")
    assert success_of([], since) == ""
