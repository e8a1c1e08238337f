"""`python -m ops console --read-only`: it shows the same, and changes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local.laptop import Laptop
from ops.console.marks import order_link, webhook_link
from ops.target import CLOCK_KEY
from tests.local.console.viewer import LONGEST_MS, outcomes, post, section, target_of, webhook_of
from tests.support.pulumi_graph import ROOT
from tests.support.waiting import wait_for


@pytest.fixture
def url(laptop: Laptop, tmp_path: Path) -> Iterator[str]:
    """The printed URL of a read-only console of the laptop's stack, whose clock is said to be a day ahead."""
    outputs, clock = tmp_path / "outputs.json", tmp_path / "clock"
    clock.write_text(f"0 {24 * 3_600} 1\n")
    outputs.write_text(json.dumps({**target_of(laptop).outputs, CLOCK_KEY: str(clock)}))
    command = [sys.executable, "-m", "ops", "--outputs", str(outputs), "console", "--read-only"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout is not None
        printed = console.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", printed)
        assert found, printed
        yield found[0]
        console.terminate()


def test_a_read_only_console_shows_everything_and_offers_no_change(
    browser: Browser, laptop: Laptop, url: str
) -> None:
    request_id = post(laptop)
    wait_for(lambda: outcomes(laptop, "orders", request_id))
    context = browser.new_context(base_url=url.partition("/?")[0])
    context.set_default_timeout(LONGEST_MS)
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_text("read-only")).to_be_visible()
    page.goto(order_link(request_id))
    expect(page.locator(".notice").filter(has_text="nothing: delivered")).to_be_visible()
    expect(page.get_by_role("button", name="Redeliver")).to_be_hidden()
    page.goto(webhook_link(webhook_of(laptop, "anonymous")))
    expect(section(page, "Deliveries").get_by_role("row").filter(has_text=request_id)).to_be_visible()
    for label in ("Pause", "Resume", "Recover", "Send a test event", "Redeliver the selected"):
        expect(page.get_by_role("button", name=label, exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Copy a summary for the client")).to_be_visible()
    page.goto("/stuck")
    expect(section(page, "Dead deliveries").get_by_role("table")).to_be_visible()
    for label in ("Redeliver the selected", "Redrive the selected", "Remove the selected"):
        for button in page.get_by_role("button", name=label, exact=True).all():
            expect(button).to_be_hidden()
    # By the stack's clock, the order was delivered a day ago.
    page.goto("/webhooks")
    last = page.get_by_role("row").filter(has_text="/hooks/orders").get_by_role("cell").nth(5)
    expect(last).to_have_text(re.compile("^24 h"))
    context.close()
