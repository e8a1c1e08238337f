"""The pages from 360 to 2560 pixels wide, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from local.laptop import Laptop
from ops.console.marks import order_link, webhook_link
from tests.local.console.viewer import LONGEST_MS, origin, post, shot, webhook_of


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_no_page_is_wider_than_the_screen(browser: Browser, laptop: Laptop, width: int, scheme: Any) -> None:
    request_id = post(laptop)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=origin(laptop)
    )
    opened = context.new_page()
    opened.goto(str(laptop.console_url))
    webhook = webhook_link(webhook_of(laptop, "shop"))
    for path in ("/", "/orders", "/webhooks", webhook, "/stuck", "/try", order_link(request_id)):
        opened.goto(path)
        opened.get_by_text("while this page is visible").wait_for(timeout=LONGEST_MS)
        shot(opened, f"{path.strip('/').partition('?')[0] or 'overview'}-{width}-{scheme}")
        wide = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    context.close()
