"""Orders in the console: the newcomer's way, a declined order, a refused one, a redelivery."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from local.laptop import Laptop
from ops.console.marks import order_link
from tests.local.console.viewer import bars_of, confirm, outcomes, post, shot
from tests.support.waiting import wait_for


def test_a_newcomer_sees_an_order_travel_and_its_webhook_retried(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("region", name="Introduction")).to_be_visible()
    page.get_by_role("link", name="Try it →").click()
    page.get_by_role("button", name="Let it fail").click()
    expect(page.get_by_text("The next 2 deliveries fail.")).to_be_visible()
    page.get_by_role("button", name="Place the order and watch it").click()
    page.wait_for_url("**/order?id=*")
    status = page.locator(".notice").filter(has_text=re.compile("http://127.0.0.1.*: SNS tries again"))
    expect(status.locator("time")).to_be_visible()
    shot(page, "order-waiting")
    expect(bars_of(page, "ProcessPayment").first).to_have_class(re.compile("ok"))
    expect(page.locator(".notice").filter(has_text="nothing: delivered")).to_be_visible()
    # Two failed attempts, two waits, and the delivery.
    marks = [bar.get_attribute("class") for bar in bars_of(page, "/hooks/orders").all()]
    assert marks == [f"bar {mark}" for mark in ("retry", "waiting", "retry", "waiting", "ok")]
    expect(page.get_by_text('"type": "order.paid"')).to_be_visible()
    shot(page, "order-delivered")
    page.goto("/try")
    # The newest are first, and other tests' deliveries below.
    answered = page.get_by_role("row").filter(has_text="order.paid").locator(".badge")
    for place, status in enumerate(("200", "503", "503")):
        expect(answered.nth(place)).to_have_text(status)


def test_a_declined_order_shows_its_reason(page: Page) -> None:
    page.goto("/try")
    page.get_by_text("Declined", exact=True).click()
    page.get_by_role("button", name="Place the order and watch it").click()
    page.wait_for_url("**/order?id=*")
    expect(page.locator(".badge").filter(has_text="declined").first).to_be_visible()
    expect(page.get_by_text("generic_decline").first).to_be_visible()


def test_an_order_that_the_api_refuses_is_explained(page: Page) -> None:
    page.goto("/try")
    page.get_by_text("Your own JSON").click()
    page.get_by_label("Order", exact=True).fill('{"reference": ""}')
    page.get_by_text("Post this JSON instead").click()
    page.get_by_role("button", name="Place the order and watch it").click()
    expect(page.get_by_text(re.compile("^422: .*reference: ", re.DOTALL))).to_be_visible()


def test_an_event_is_redelivered_after_confirmation(page: Page, laptop: Laptop) -> None:
    request_id = post(laptop)
    wait_for(lambda: outcomes(laptop, "orders", request_id))
    page.goto(order_link(request_id))
    page.get_by_role("button", name="Redeliver").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    confirm(page, "Redeliver")
    expect(page.get_by_role("alert").get_by_text("is published again")).to_be_visible()
    wait_for(lambda: len(outcomes(laptop, "orders", request_id)) == 2)
    assert outcomes(laptop, "orders", request_id) == ["handled", "duplicate"]
    expect(bars_of(page, "/hooks/orders")).to_have_count(2)
