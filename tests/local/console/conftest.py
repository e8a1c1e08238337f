"""The laptop's stack with its console, and a browser: once for all tests of the console."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console

from local.laptop import Laptop
from local.laptop_options import LaptopOptions
from local.screen import Screen
from receiver.hooks import FailurePlan
from tests.local.console.viewer import LONGEST_MS, origin
from tools.browser import MISSING, chromium, running_browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: each needs the stack and a browser."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.skipif(chromium() is None, reason=MISSING))


@pytest.fixture(scope="package")
def laptop() -> Iterator[Laptop]:
    with Laptop(LaptopOptions(has_console=True), Screen(Console(file=io.StringIO()))) as running:
        yield running


@pytest.fixture(scope="package")
def browser(laptop: Laptop) -> Iterator[Browser]:
    """After the stack: Playwright keeps an event loop running, and a deployment needs one of its own."""
    assert laptop.console_url
    with running_browser() as running:
        yield running


@pytest.fixture
def page(laptop: Laptop, browser: Browser) -> Iterator[Page]:
    """A page of a viewer who has opened the printed URL; an error in its scripts fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, base_url=origin(laptop), reduced_motion="reduce"
    )
    context.set_default_timeout(LONGEST_MS)
    expect.set_options(timeout=LONGEST_MS)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    # Another page than the overview, which reads a day's orders.
    opened.goto(str(laptop.console_url).replace("/?", "/webhooks?"))
    yield opened
    context.close()
    for hook in ("orders", "shop"):
        laptop.receiver.hook(hook).plan(FailurePlan())
    assert errors == []
