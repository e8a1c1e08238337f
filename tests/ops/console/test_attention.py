"""What needs attention, and the page that each concern leads to."""

from __future__ import annotations

from ops.console.attention import concerns_of
from ops.console.marks import webhook_link
from ops.queues import Depth
from tests.ops.test_status import ALARM, FAILED, found, health


def test_everything_leads_to_the_page_that_shows_it() -> None:
    status = found(
        queues=[Depth(queue="orders-dead-letters", ready=1, hidden=0)],
        failed_executions=[FAILED],
        webhooks=[health()],
        dead=3,
    )
    pages = {each.text: each.href for each in concerns_of(status)}
    assert pages == {
        "1 on orders-dead-letters": "/stuck",
        "wh_1 of shop is failing": webhook_link("wh_1"),
        "3 deliveries were given up in the last seven days": "/stuck",
        "1 execution failed": "/stuck",
    }


def test_an_alarm_names_its_section_of_the_runbook() -> None:
    (concern,) = concerns_of(found(alarms=[ALARM]))
    assert concern.text.endswith("See docs/runbook.md#api-5xx")
    assert concern.href == ""


def test_nothing_needs_attention_where_all_is_well() -> None:
    assert concerns_of(found()) == []
