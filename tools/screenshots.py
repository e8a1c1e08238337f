"""Renew the pictures of the web console in docs/: `make screenshots`.

Starts the laptop's stack, places orders, and lets the receiver fail twice, so that there is something to see.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from playwright.sync_api import Page, expect
from rich.console import Console

from local.laptop import Laptop
from local.laptop_options import LaptopOptions
from local.screen import Screen
from tools.browser import MISSING, chromium, running_browser

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_SIZE = {"width": 1120, "height": 640}
_LONGEST_MS = 120_000


def main() -> int:
    """Take the three pictures."""
    if chromium() is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    PICTURES.mkdir(exist_ok=True)
    options = LaptopOptions(has_console=True)
    with Laptop(options, Screen(Console(file=io.StringIO()))) as laptop, running_browser() as browser:
        page = browser.new_page(viewport=_SIZE, color_scheme="light")  # type: ignore[arg-type]
        page.set_default_timeout(_LONGEST_MS)
        expect.set_options(timeout=_LONGEST_MS)
        url = str(laptop.console_url)
        page.goto(url)
        page.get_by_role("button", name="Got it").click()
        expect(page.get_by_role("region", name="Introduction")).to_be_hidden()
        _take(page, url.partition("/?")[0])
    return 0


def _take(page: Page, origin: str) -> None:
    for ending in ("Approved", "Declined", "Gateway down for two attempts"):
        page.goto(f"{origin}/try")
        page.get_by_text(ending, exact=True).click()
        if ending.startswith("Gateway"):
            page.get_by_role("button", name="Let it fail").click()
            page.get_by_text("deliveries fail.").wait_for()
        page.get_by_role("button", name="Place the order and watch it").click()
        page.wait_for_url("**/order?id=*")
        expect(page.locator(".notice").filter(has_text="nothing: delivered")).to_be_visible()
    page.screenshot(path=PICTURES / "console-order.png")
    for name, path in (("overview", "/"), ("try", "/try")):
        page.goto(f"{origin}{path}")
        page.get_by_text("while this page is visible").wait_for()
        page.screenshot(path=PICTURES / f"console-{name}.png")


if __name__ == "__main__":
    sys.exit(main())
