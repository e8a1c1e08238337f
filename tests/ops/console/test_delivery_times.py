"""The time from the request to the webhook, and how rarely it is read."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.items import to_item
from functions.domain.deliveries.row import RowState
from functions.domain.event import order_event
from functions.domain.instant import now, timestamp
from functions.domain.webhook import Webhook
from ops.console.calls import CountedTarget, counted
from ops.console.delivery_times import DeliveryTimes
from ops.instants import read_instant
from ops.orders.listed_order import ListedOrder
from tests.functions.domain.deliveries import samples
from tests.ops.conftest import MotoStack


def order(number: int, *, minutes: int = 1, status: str = "paid") -> ListedOrder:
    created_at = timestamp(now() - timedelta(minutes=minutes))
    return ListedOrder(
        request_id=f"order-{number}",
        created_at=created_at,
        updated_at=created_at,
        client_id="shop",
        reference="PO-1",
        status=status,
        currency="EUR",
        total_amount=100,
    )


@pytest.fixture
def target(stack: MotoStack) -> CountedTarget:
    webhook = Webhook(
        client_id="shop", webhook_id="wh_1", url="https://shop.example", event_types=["order.paid"]
    )
    stack.client("dynamodb").put_item(TableName="webhooks", Item=to_item(webhook.document()))
    return CountedTarget(name="the stack test", outputs=stack.outputs)


def deliver(stack: MotoStack, delivered: ListedOrder, seconds: float) -> None:
    event = order_event(asdict(delivered))
    at = read_instant(delivered.created_at) + timedelta(seconds=seconds)
    row = samples.row(event_id=event.id, event_time=event.time, state=RowState.DELIVERED, delivered_at=at)
    DeliveriesTable(stack.client("dynamodb"), "deliveries").create_rows([row])


def test_delivered_orders_are_measured_once(stack: MotoStack, target: CountedTarget) -> None:
    orders = [order(1), order(2, minutes=2)]
    deliver(stack, orders[0], 1.5)
    deliver(stack, orders[1], 4)
    times = DeliveryTimes()
    assert sorted(times.read(target, orders)) == [1.5, 4.0]
    with counted() as calls:
        assert sorted(times.read(target, orders)) == [1.5, 4.0]
    assert calls.count == 0


def test_an_open_delivery_is_read_again_for_five_minutes(stack: MotoStack, target: CountedTarget) -> None:
    times = DeliveryTimes()
    recent, old = order(1), order(2, minutes=6)
    assert times.read(target, [recent, old]) == []
    deliver(stack, recent, 2)
    deliver(stack, old, 2)
    assert times.read(target, [recent, old]) == [2.0]


def test_orders_of_before_the_last_hour_and_pending_ones_are_left_out(
    stack: MotoStack, target: CountedTarget
) -> None:
    before, pending = order(1, minutes=61), order(2, status="pending")
    for each in (before, replace(pending, status="paid")):
        deliver(stack, each, 1)
    assert DeliveryTimes().read(target, [before, pending]) == []
