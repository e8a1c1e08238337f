"""What the tests of the web console share: the laptop's stack, and what a viewer does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import row_key
from functions.domain.deliveries.row import Row
from local.laptop import Laptop
from ops.api import Api
from ops.target import ENDPOINT_KEY, Target
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

SCREENSHOTS = Path(__file__).resolve().parents[3] / ".local" / "screenshots"
LONGEST_MS = 90_000
# No notice is shown any longer that says that something is being read.
READ = """() => document.querySelector('h1') && [...document.querySelectorAll('.notice')].every(
    (notice) => notice.offsetParent === null || !/^(Reading|Searching)/.test(notice.innerText))"""


def origin(laptop: Laptop) -> str:
    parts = urlsplit(str(laptop.console_url))
    return f"{parts.scheme}://{parts.netloc}"


def target_of(laptop: Laptop) -> Target:
    outputs = {**laptop.outputs, ENDPOINT_KEY: laptop.emulator.endpoint_url}
    return Target(name="the laptop's stack", outputs=outputs)


def deliveries_of(laptop: Laptop) -> DeliveriesTable:
    return DeliveriesTable(laptop.emulator.client("dynamodb"), laptop.outputs["deliveries_table_name"])


@contextmanager
def stored(laptop: Laptop, *rows: Row) -> Iterator[None]:
    """Store deliveries for the length of the block: other tests count what there is."""
    deliveries_of(laptop).create_rows(rows)
    yield
    for row in rows:
        laptop.emulator.client("dynamodb").delete_item(
            TableName=laptop.outputs["deliveries_table_name"], Key=row_key(row.webhook_id, row.key)
        )


def post(laptop: Laptop, client_id: str = "anonymous", **changes: Any) -> str:
    answer = Api(target_of(laptop)).call(
        "POST", "/orders", order_payload(**changes), {"x-client-id": client_id}
    )
    assert answer.status == 202, answer
    return str(answer.body["request_id"])


def webhook_of(laptop: Laptop, client_id: str) -> str:
    """Return the ID of a client's first webhook."""
    answer = Api(target_of(laptop)).call("GET", "/webhooks", headers={"x-client-id": client_id})
    return str(answer.body["webhooks"][0]["webhook_id"])


def outcomes(laptop: Laptop, hook: str, request_id: str) -> list[str]:
    """Return what became of each request about an order at one of the receiver's webhooks."""
    return [each.outcome for each in laptop.receiver.hook(hook).attempts if each.subject == request_id]


def delivered(laptop: Laptop, hook: str, request_id: str) -> None:
    """Wait until a webhook has taken an order's event; redeliver runs at once, and not at the next minute."""

    def is_taken() -> bool:
        laptop.emulator.client("lambda").invoke(FunctionName=laptop.outputs["function_names"]["redeliver"])
        return "handled" in outcomes(laptop, hook, request_id)

    wait_for(is_taken)


def shot(page: Page, name: str) -> None:
    """Keep a picture for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def confirm(page: Page, label: str) -> None:
    """Press a button and confirm what it asks."""
    page.get_by_role("button", name=label, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=label, exact=True).click()


def section(page: Page, title: str) -> Locator:
    """Return the section with a heading."""
    return page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))


def bars_of(page: Page, lane: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=lane).locator(".bar")


def classes(mark: str) -> re.Pattern[str]:
    return re.compile(rf"\b{mark}\b")
