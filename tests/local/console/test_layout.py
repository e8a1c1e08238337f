"""The pages from 360 to 2560 pixels wide, light and dark."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from functions.domain.deliveries.row import Attempt, Reason, Row, RowState
from functions.domain.instant import now
from local.laptop import Laptop
from ops.console.marks import order_link, webhook_link
from ops.tables import find_webhook
from tests.functions.domain.deliveries import samples
from tests.local.console.viewer import LONGEST_MS, origin, post, shot, stored, target_of, webhook_of

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def long_rows(laptop: Laptop, webhook_id: str) -> list[Row]:
    """Return a dead and a retrying delivery with long texts."""
    response = "The service is being repaired, please try again in some minutes. " * 4
    last = Attempt(sns_message_id="m", number=9, at=now(), status=503, response=response)
    webhook = find_webhook(target_of(laptop), webhook_id)
    assert webhook is not None
    same: dict[str, Any] = {
        "webhook_id": webhook_id,
        "client_id": "shop",
        "registration": webhook.created_at,
        "last_attempt": last,
    }
    dead = samples.row(
        **same, event_id="dead", state=RowState.DEAD, reason=Reason.SCHEDULE_EXHAUSTED, dead_at=now()
    )
    due_at = now() + timedelta(hours=2)
    retrying = samples.row(
        **same, event_id="retrying", state=RowState.RETRYING, reason=Reason.UNAVAILABLE, due_at=due_at
    )
    return [dead, retrying]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_no_page_is_wider_than_the_screen(browser: Browser, laptop: Laptop, width: int, scheme: Any) -> None:
    request_id = post(laptop)
    webhook_id = webhook_of(laptop, "shop")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=origin(laptop)
    )
    opened = context.new_page()
    opened.goto(str(laptop.console_url))
    webhook = webhook_link(webhook_id)
    with stored(laptop, *long_rows(laptop, webhook_id)):
        for path in ("/", "/orders", "/webhooks", webhook, "/stuck", "/try", order_link(request_id)):
            opened.goto(path)
            opened.get_by_text("while this page is visible").wait_for(timeout=LONGEST_MS)
            shot(opened, f"{path.strip('/').partition('?')[0] or 'overview'}-{width}-{scheme}")
            assert opened.evaluate(OVERFLOW) <= 0, path
    context.close()
