"""What the overview keeps between its readings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.adapters.items import to_item
from functions.domain.deliveries.row import RowState
from functions.domain.instant import now
from ops.console.calls import CountedTarget, counted
from ops.console.orders_window import OrdersWindow
from ops.console.webhooks_reading import summary_of
from ops.deliveries import RowsPage
from ops.tables import KnownWebhook
from ops.webhooks.reading import WebhookHealth
from tests.ops.conftest import MotoStack
from tests.ops.test_deliveries import row as delivery
from tests.ops.test_orders import save


def target_of(stack: MotoStack) -> CountedTarget:
    return CountedTarget(name="the stack test", outputs=stack.outputs)


def pay(stack: MotoStack, request_id: str) -> None:
    stack.client("dynamodb").update_item(
        TableName="orders",
        Key=to_item({"request_id": request_id}),
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":status": "paid"}),
    )


def statuses(window: OrdersWindow, target: CountedTarget) -> dict[str, str]:
    return {each.request_id: each.status for each in window.read(target)}


def test_an_old_order_that_was_pending_is_read_again_and_new_ones_are_added(stack: MotoStack) -> None:
    window, target = OrdersWindow(), target_of(stack)
    old = save(stack, 1, now() - timedelta(hours=2))
    save(stack, 2, now() - timedelta(hours=30))
    assert statuses(window, target) == {old: "pending"}
    pay(stack, old)
    new = save(stack, 3, now())
    assert statuses(window, target) == {old: "paid", new: "pending"}


def test_a_settled_day_is_not_read_again(stack: MotoStack) -> None:
    window, target = OrdersWindow(), target_of(stack)
    for number in range(5):
        pay(stack, save(stack, number, now() - timedelta(hours=number + 1)))
    with counted() as first:
        window.read(target)
    with counted() as second:
        assert len(window.read(target)) == 5
    assert second.count < first.count


def test_a_window_that_could_not_read_all_says_since_when_it_has_all(
    stack: MotoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.console.orders_window.MOST", 3)
    window, target = OrdersWindow(), target_of(stack)
    for number in range(3):
        save(stack, number, now() - timedelta(hours=number + 1))
    assert len(window.read(target)) == 3
    assert window.has_all_since(now() - timedelta(hours=2))
    assert not window.has_all_since(now() - timedelta(hours=20))


def test_a_webhook_s_numbers_say_that_not_all_was_read() -> None:
    known = KnownWebhook(
        client_id="shop",
        webhook_id="wh_1",
        endpoint_url="https://shop.example/hooks",
        event_types=["order.paid"],
        created_at=None,
        subscription_arn=None,
        status="active",
    )
    health = WebhookHealth(webhook=known, reason="", since=None, oldest_waiting=None, needs_attention=False)
    rows = [delivery(1), delivery(2, state=RowState.OWED, delivered_at=None)]
    since = now() - timedelta(days=1)
    whole = summary_of(health, RowsPage(rows=rows, next=None), since)
    assert whole.success.startswith("100 % ")
    assert whole.open == "1"
    part = summary_of(health, RowsPage(rows=rows, next="key"), since)
    assert part.success.endswith("of the newest 2")
    assert part.open == "1+"


def test_threads_count_their_calls_for_the_page_that_started_them(stack: MotoStack) -> None:
    target = target_of(stack)
    with counted() as calls:
        OrdersWindow().read(target)
    with counted() as none:
        pass
    assert calls.count > 1
    assert none.count == 0
