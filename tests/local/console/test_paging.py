"""Ten thousand orders: pages of them, and finding one."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from functions.adapters.items import to_item
from functions.adapters.orders_table import DAY_SHARD
from functions.domain.instant import now, timestamp
from functions.domain.order import new_order
from functions.domain.order_day import day_shard
from functions.domain.order_request import OrderRequest
from local.laptop import Laptop
from ops.orders.listing import Position, list_orders
from ops.orders.newest import OrderQuery
from tests.local.console.viewer import target_of
from tests.support.orders import order_payload


def store(laptop: Laptop, count: int) -> None:
    """Write orders as the workflow does, many at a time."""
    dynamodb = laptop.emulator.client("dynamodb")
    table = laptop.outputs["orders_table_name"]
    moment = now().timestamp()
    requests = []
    for number in range(count):
        created_at = timestamp(now().fromtimestamp(moment - number * 5, tz=now().tzinfo))
        order = new_order(
            OrderRequest.model_validate(order_payload(reference=f"BULK-{number}")).document(),
            request_id=f"bulk-{number:05}=",
            message_id=f"m-{number}",
            client_id="bulk",
            created_at=created_at,
        )
        shard = {DAY_SHARD: day_shard(created_at, order.request_id)}
        requests.append({"PutRequest": {"Item": to_item({**order.document(), **shard})}})
    for first in range(0, count, 25):
        dynamodb.batch_write_item(RequestItems={table: requests[first : first + 25]})


def test_ten_thousand_orders_are_paged_through_and_found(page: Page, laptop: Laptop) -> None:
    count = 10_000
    store(laptop, count)
    target = target_of(laptop)
    query = OrderQuery(since=now().replace(year=2000), until=now(), client_id="bulk")
    listed: list[str] = []
    position: Position | None = None
    while True:
        found = list_orders(target, query, 1_000, position)
        listed += [each.request_id for each in found.orders]
        if found.next is None:
            break
        position = found.next
    assert (len(listed), len(set(listed))) == (count, count)
    page.goto("/orders?client=bulk")
    seen: list[str] = []
    for number in range(10):
        expect(page.get_by_role("row").filter(has_text=f"BULK-{number * 50}").first).to_be_visible()
        seen += [row.locator("td").last.inner_text() for row in page.get_by_role("row").all()[1:]]
        page.get_by_role("link", name="Older orders").click()
    assert seen == listed[:500]
    # However many orders there are, a page reads a bounded part of an index.
    calls = page.get_by_text("calls to AWS").inner_text()
    assert int(calls.split()[0]) <= 3
    page.get_by_label(re.compile("Find an order by")).fill("BULK-9999")
    page.keyboard.press("Enter")
    page.wait_for_url("**/order?id=bulk-09999*")
    page.goto("/")
    expect(page.locator(".picture-wide").get_by_text("pending")).to_be_visible()
