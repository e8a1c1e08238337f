"""What is stuck, in the console: dead letters, and deliveries of all webhooks."""

from __future__ import annotations

import json
from dataclasses import replace

from playwright.sync_api import Locator, Page, expect

from functions.domain.deliveries.row import Reason, Row, RowState
from functions.domain.event import order_event
from functions.domain.instant import now, timestamp
from local.laptop import Laptop
from ops.tables import find_order
from tests.local.console.viewer import (
    deliveries_of,
    outcomes,
    post,
    section,
    shot,
    target_of,
    webhook_of,
)
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

SCRIPT = '<img src=x onerror="window.injected=1">'


def test_dead_letters_are_read_redriven_and_removed(page: Page, laptop: Laptop) -> None:
    sqs = laptop.emulator.client("sqs")
    order = {
        "request_id": "from-the-dead",
        "client_id": "anonymous",
        "received_at": timestamp(now()),
        "order": order_payload(payment_method="pm_card_visa"),
    }
    for body in (json.dumps(order), SCRIPT):
        sqs.send_message(QueueUrl=laptop.outputs["orders_dead_letters_url"], MessageBody=body)
    page.goto("/stuck")
    page.get_by_role("button", name="Read the messages").first.click()
    rows = page.get_by_role("row")
    kept = rows.filter(has_text="from-the-dead")
    expect(kept).to_be_visible()
    # The token of a payment method is a secret.
    page.get_by_text("Body of ").first.click()
    page.get_by_text("Body of ").last.click()
    expect(page.get_by_text("(hidden)")).to_be_visible()
    shot(page, "stuck")
    kept.get_by_role("checkbox").check()
    section = page.locator("section").filter(has_text="Dead letters on orders-dead-letters")
    section.get_by_role("button", name="Redrive the selected").click()
    page.get_by_role("dialog").get_by_role("button", name="Redrive the selected").click()
    expect(page.get_by_text("Back on orders: 1 message.")).to_be_visible()
    events = laptop.receiver.hook("orders")
    wait_for(lambda: [each for each in events.events if each.subject == "from-the-dead"])
    expect(kept).to_be_hidden()
    section.get_by_role("row").last.get_by_role("checkbox").check()
    section.get_by_role("button", name="Remove the selected").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove the selected").click()
    expect(section.get_by_text("The queue is empty.")).to_be_visible()
    assert page.evaluate("window.injected") is None


def test_a_poison_message_ends_among_the_dead_letters(page: Page) -> None:
    page.goto("/try")
    page.get_by_role("button", name="Send a poison message").click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    page.goto("/stuck")
    page.get_by_role("button", name="Read the messages").first.click()
    row = page.get_by_role("row").filter(has_text="request_id")
    expect(row).to_be_visible()


def delivered_row(laptop: Laptop, reference: str) -> Row:
    """Place an order and return the row of its delivery, once it is delivered."""
    request_id = post(laptop, reference=reference)
    webhook_id = webhook_of(laptop, "anonymous")

    def row() -> Row | None:
        order = find_order(target_of(laptop), request_id)
        if order is None or order["status"] == "pending":
            return None
        event = order_event(order)
        found = deliveries_of(laptop).find_row(webhook_id, f"{event.time}#{event.id}")
        return found if found and found.state is RowState.DELIVERED else None

    return wait_for(row)


def killed(laptop: Laptop, row: Row) -> Row:
    """Make a delivery dead, as one whose every redelivery has failed."""
    dead = replace(
        row,
        state=RowState.DEAD,
        reason=Reason.SCHEDULE_EXHAUSTED,
        dead_at=now(),
        delivered=None,
        delivered_at=None,
    )
    saved = deliveries_of(laptop).save_row(dead)
    assert saved is not None
    return saved


def act(page: Page, listed: Locator, label: str) -> None:
    listed.get_by_role("button", name=label).click()
    page.get_by_role("dialog").get_by_role("button", name=label).click()


def test_dead_deliveries_of_all_webhooks_are_redelivered_and_removed(page: Page, laptop: Laptop) -> None:
    again = [killed(laptop, delivered_row(laptop, f"DEAD-{number}")) for number in range(3)]
    unwanted = killed(laptop, delivered_row(laptop, "UNWANTED"))
    page.goto("/")
    expect(page.get_by_role("link", name="4 deliveries were given up")).to_be_visible()
    page.goto("/stuck")
    dead = section(page, "Dead deliveries")
    rows = dead.get_by_role("row")
    expect(rows).to_have_count(1 + 4)
    expect(rows.filter(has_text=unwanted.subject)).to_contain_text("every redelivery failed")
    shot(page, "stuck-dead")
    rows.filter(has_text=unwanted.subject).get_by_role("checkbox").check()
    act(page, dead, "Remove the selected")
    expect(page.get_by_text("Removed: 1 delivery.")).to_be_visible()
    expect(rows).to_have_count(1 + 3)
    dead.get_by_role("checkbox", name="Select all").check()
    act(page, dead, "Redeliver the selected")
    expect(page.get_by_text("Published again: 3 events.")).to_be_visible()
    expect(dead.get_by_text("No delivery is dead.")).to_be_visible()
    for row in again:
        wait_for(lambda row=row: outcomes(laptop, "orders", row.subject) == ["handled", "duplicate"])
    kept = deliveries_of(laptop).find_row(unwanted.webhook_id, unwanted.key)
    assert kept is not None
    assert (kept.state, kept.reason) == (RowState.DEAD, Reason.REMOVED)
    assert outcomes(laptop, "orders", unwanted.subject) == ["handled"]
