"""What needs attention, and the page that each concern leads to."""

from __future__ import annotations

from dataclasses import replace

from ops.console.attention import concerns_of
from ops.console.marks import webhook_link
from ops.queues import Depth
from tests.ops.test_status import ALARM, FAILED, WEBHOOK, found

PENDING = replace(WEBHOOK, webhook_id="wh_2", status="pending_confirmation")


def test_everything_leads_to_the_page_that_shows_it() -> None:
    status = found(
        queues=[Depth(queue="orders-dead-letters", ready=1, hidden=0)],
        failed_executions=[FAILED],
        failing=[WEBHOOK],
        pending=[PENDING],
    )
    pages = {each.text: each.href for each in concerns_of(status, 3, 100)}
    assert pages == {
        "1 on orders-dead-letters": "/stuck",
        "1 execution failed": "/stuck",
        "3 deliveries are dead": "/stuck",
        "https://shop.example/hooks of shop: failing": webhook_link("wh_1"),
        "https://shop.example/hooks of shop: pending confirmation": webhook_link("wh_2"),
    }


def test_an_alarm_names_its_section_of_the_runbook() -> None:
    (concern,) = concerns_of(found(alarms=[ALARM]), 0, 100)
    assert concern.text.endswith("See docs/runbook.md#api-5xx")
    assert concern.href == ""


def test_many_webhooks_are_counted_and_so_are_many_dead_deliveries() -> None:
    failing = [replace(WEBHOOK, webhook_id=f"wh_{number}") for number in range(8)]
    concerns = concerns_of(found(failing=failing), 100, 100)
    assert len(concerns) == 1 + 5 + 1
    assert concerns[0].text == "100 deliveries or more are dead"
    assert concerns[-1].text == "3 more webhooks fail or are disabled"


def test_nothing_needs_attention_where_all_is_well() -> None:
    assert concerns_of(found(), 0, 100) == []
