"""`GET /orders`: pages of the client's own orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.domain.instant import timestamp
from functions.domain.order import new_order
from functions.handlers import list_orders
from tests.support.http_events import MOST_RESPONSE_BYTES, http_event
from tests.support.orders import order_payload

START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
LIST = Callable[..., dict[str, Any]]


def save(client: str, number: int, status: str = "pending", **content: Any) -> str:
    """Save an order that was created so many minutes after the start."""
    order = new_order(
        order_payload(**content),
        request_id=f"{client}-{number}=",
        message_id=f"message-{number}",
        client_id=client,
        created_at=timestamp(START + timedelta(minutes=number)),
    )
    table = OrdersTable(aws.dynamodb(), "orders")
    table.create(replace(order, status=status))
    return order.request_id


@pytest.fixture
def listed(cloud, context) -> LIST:
    def call(client: str = "shop", **query: str) -> dict[str, Any]:
        event = http_event("GET", "/orders", headers={"x-client-id": client})
        event["queryStringParameters"] = query
        reply = list_orders.handle(event, context)
        assert len(json.dumps(reply)) < MOST_RESPONSE_BYTES
        return {**json.loads(reply["body"]), "status": reply["statusCode"]}

    return call


def ids(reply: dict[str, Any]) -> list[str]:
    return [each["request_id"] for each in reply["orders"]]


def every_page(listed: LIST, client: str = "shop", **query: str) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        reply = listed(client, **query, **({"cursor": cursor} if cursor else {}))
        assert reply["status"] == 200
        pages.append(ids(reply))
        if (cursor := reply["next_cursor"]) is None:
            return pages


def test_pages_of_large_orders_fit_in_a_response(listed: LIST) -> None:
    # It has 120 KB, and more where JSON escapes it.
    text = '"\N{WRAPPED PRESENT}' * 24_000
    saved = [save("shop", number, metadata={"note": text}) for number in range(60)]
    pages = every_page(listed, limit="100")
    assert [each for page in pages for each in page] == saved[::-1]


def test_a_status_is_looked_for_beyond_the_first_items(listed: LIST) -> None:
    paid = save("shop", 0, "paid")
    for number in range(1, 220):
        save("shop", number)
    reply = listed(status="paid", limit="1")
    assert (ids(reply), reply["next_cursor"]) == ([paid], None)


def test_times_are_from_since_and_before_until(listed: LIST) -> None:
    saved = [save("shop", number) for number in range(4)]
    since, until = (timestamp(START + timedelta(minutes=number)) for number in (1, 3))
    assert ids(listed(since=since, until=until)) == [saved[2], saved[1]]


def test_an_order_is_shown_as_its_owner_sees_it(listed: LIST) -> None:
    save("shop", 0)
    (order,) = listed()["orders"]
    assert order["payment_method"] == "pm_card_visa"
    assert "client_id" not in order


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    owners=st.lists(st.sampled_from(["shop", "depot", "sho"]), max_size=12),
    limit=st.integers(1, 5),
    status=st.sampled_from(["paid", "pending", None]),
    data=st.data(),
)
def test_pages_have_the_clients_own_orders_and_no_others(listed: LIST, owners, limit, status, data) -> None:
    client = aws.dynamodb()
    for item in client.scan(TableName="orders")["Items"]:
        client.delete_item(TableName="orders", Key={"request_id": item["request_id"]})
    own = []
    for number, owner in enumerate(owners):
        has = data.draw(st.sampled_from(["paid", "pending"]))
        request_id = save(owner, number, has)
        if owner == "shop" and status in (None, has):
            own.append(request_id)
    query = {"limit": str(limit), **({"status": status} if status else {})}
    pages = every_page(listed, **query)
    assert [each for page in pages for each in page] == own[::-1]
    # No page but the first is empty.
    assert [len(page) for page in pages[:-1]] == [limit] * ((len(own) - 1) // limit)
