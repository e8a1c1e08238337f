"""What a list shows, as its URL has it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.instant import now
from ops.console.order_filters import Filters
from ops.console.orders_reading import read_page
from ops.console.url_filters import UrlFilters
from ops.console.webhook_reading import WebhookFilters, read_webhook
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.ops.test_deliveries import row
from tests.ops.test_orders import save
from tests.ops.test_webhooks import register

BAD = "x' & <b>"


@pytest.fixture
def target(stack: MotoStack) -> Target:
    return Target(name="the stack test", outputs=stack.outputs)


@pytest.mark.parametrize(
    "filters",
    [Filters(status="paid", reference=BAD), WebhookFilters(id="wh_1", state="dead", since="7d")],
    ids=["orders", "webhook"],
)
def test_a_url_has_the_filters_and_loses_the_position_of_others(filters: UrlFilters) -> None:
    def read(url: str) -> UrlFilters:
        assert urlsplit(url).path == filters.path
        return filters.of({**dict(parse_qsl(urlsplit(url).query)), "unknown": "1"})

    later = read(filters.url(position="p&1"))
    assert later.position == "p&1"
    assert read(later.url()) == filters


def test_a_time_and_a_state_that_are_none_choose_every_delivery(stack: MotoStack, target: Target) -> None:
    register(stack, "wh_1", "c1")
    DeliveriesTable(stack.client("dynamodb"), "deliveries").create_rows([row(9_000)])
    reading = read_webhook(target, WebhookFilters(id="wh_1", since=BAD, state=BAD))
    assert [each.event_id for each in reading.deliveries] == ["event-9000"]


def test_a_time_and_a_status_that_are_none_choose_the_orders_of_a_day(
    stack: MotoStack, target: Target
) -> None:
    save(stack, 1, now() - timedelta(hours=30))
    of_today = save(stack, 2, now())
    page = read_page(target, Filters(since=BAD, status=BAD))
    assert [each.request_id for each in page.orders] == [of_today]
