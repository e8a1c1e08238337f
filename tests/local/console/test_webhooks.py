"""A webhook in the console: pause, resume, and recover what it has missed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from local.laptop import Laptop
from ops.console.marks import webhook_link
from receiver.hooks import FailurePlan
from tests.local.console.viewer import confirm, delivered, outcomes, post, section, shot, webhook_of

SHOP = "shop"


def test_a_webhook_is_paused_and_resumed(page: Page, laptop: Laptop) -> None:
    webhook_id = webhook_of(laptop, SHOP)
    page.goto(webhook_link(webhook_id))
    page.get_by_role("button", name="Pause", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("From now on no event is published to http://127.0.0.1")).to_be_visible()
    dialog.get_by_role("button", name="Pause", exact=True).click()
    badge = page.locator("dl .badge").first
    expect(badge).to_have_text("paused")
    request_id = post(laptop, SHOP)
    waiting = section(page, "Upcoming").get_by_role("row").filter(has_text=request_id)
    expect(waiting).to_contain_text("the webhook is paused")
    expect(waiting).to_contain_text("then it is dead")
    shot(page, "webhook-paused")
    page.goto("/stuck")
    listed = section(page, "Deliveries that wait or are retried").get_by_role("row")
    expect(listed.filter(has_text=request_id)).to_contain_text("the webhook is paused")
    assert outcomes(laptop, SHOP, request_id) == []
    page.goto(webhook_link(webhook_id))
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(dialog.get_by_text("at a bounded rate: 1 event. New events")).to_be_visible()
    dialog.get_by_role("button", name="Resume", exact=True).click()
    expect(badge).to_have_text("active")
    delivered(laptop, SHOP, request_id)
    expect(section(page, "Upcoming").get_by_text("Nothing waits.")).to_be_visible()


def test_what_a_webhook_has_missed_is_recovered(page: Page, laptop: Laptop) -> None:
    laptop.receiver.hook(SHOP).plan(FailurePlan(status=404))
    request_id = post(laptop, SHOP)
    page.goto(webhook_link(webhook_of(laptop, SHOP)))
    row = section(page, "Deliveries").get_by_role("row").filter(has_text=request_id)
    expect(row).to_contain_text("retrying")
    expect(row).to_contain_text("404")
    upcoming = section(page, "Upcoming").get_by_role("row").filter(has_text=request_id)
    expect(upcoming).to_contain_text("refused, and SNS does not retry that: 404")
    expect(upcoming.locator("time")).to_have_text(re.compile("in 1 h 5"))
    laptop.receiver.hook(SHOP).plan(FailurePlan())
    page.get_by_role("button", name="Recover", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("with the same IDs: 1 event. Delivered")).to_be_visible()
    shot(page, "webhook-recover")
    dialog.get_by_role("button", name="Recover", exact=True).click()
    expect(page.get_by_text(re.compile("^Recovery .* has started"))).to_be_visible()
    delivered(laptop, SHOP, request_id)
    done = section(page, "Recoveries").get_by_role("row").nth(1)
    expect(done).to_contain_text("done")
    expect(done.get_by_role("cell").nth(3)).to_have_text("1")
    expect(row).to_contain_text("delivered")
    row.get_by_role("checkbox").check()
    attempts = section(page, "Attempts of the selected deliveries").locator(".badge")
    expect(attempts).to_have_text(["404", "200"])
    shot(page, "webhook-recovered")


def test_a_time_that_is_none_starts_no_recovery(page: Page, laptop: Laptop) -> None:
    page.goto(webhook_link(webhook_of(laptop, SHOP)))
    page.get_by_role("button", name="Recover", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Time").click()
    page.get_by_role("option", name="an exact time").click()
    dialog.get_by_label("UTC, such as").fill("yesterday")
    expect(dialog.get_by_text("Write a time that has passed")).to_be_visible()
    expect(dialog.get_by_role("button", name="Recover")).to_be_disabled()


def test_a_test_event_is_sent_and_the_topics_are_listed(page: Page, laptop: Laptop) -> None:
    page.goto(webhook_link(webhook_of(laptop, SHOP)))
    confirm(page, "Send a test event")
    expect(page.get_by_text("is published.")).to_be_visible()
    deliveries = section(page, "Deliveries").get_by_role("row").filter(has_text="webhook.test")
    expect(deliveries.first).to_contain_text("delivered")
    page.goto("/webhooks")
    topic = section(page, "Topics").get_by_role("row").nth(1)
    expect(topic).to_contain_text("order-events")
    used, free = (int(topic.get_by_role("cell").nth(place).inner_text()) for place in (1, 2))
    assert used >= 2
    assert used + free == 200


def test_a_summary_for_the_client_is_copied(page: Page, laptop: Laptop) -> None:
    request_id = post(laptop, SHOP)
    delivered(laptop, SHOP, request_id)
    webhook_id = webhook_of(laptop, SHOP)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # Whatever the page shows: it has no dead delivery.
    page.goto(f"{webhook_link(webhook_id)}&state=dead")
    copy = page.get_by_role("button", name="Copy a summary for the client")
    copy.click()
    expect(page.get_by_text("is on the clipboard")).to_be_visible()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    counted = re.search(rf"Webhook {webhook_id} at .*: active\.\nEvents: (\d+) \((\d+) delivered", copied)
    assert counted, copied
    assert int(counted[2]) > 0
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    copy.click()
    expect(page.get_by_text("The browser has not put the summary on the clipboard.")).to_be_visible()
