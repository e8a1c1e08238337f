"""Lists of orders: every order is on exactly one page, and nothing scans the table."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.adapters.items import to_item
from functions.adapters.orders_table import OrdersTable
from functions.domain.instant import now, timestamp
from functions.domain.order import new_order
from functions.domain.order_day import DAY_SHARDS
from functions.domain.order_request import OrderRequest
from functions.domain.outage import ServiceUnavailable
from functions.domain.payment import Payment
from ops.money import money
from ops.orders.listing import Position, list_orders
from ops.orders.lookup import orders_of_reference, orders_with_ids
from ops.orders.newest import OrderQuery
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.support.orders import order_payload

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CLIENTS = ("shop", "depot")


def save(stack: MotoStack, number: int, created_at: datetime, client_id: str = "shop", **changes: Any) -> str:
    """Store an order as the workflow does, and return its request ID."""
    request_id = f"order-{number:05}="
    order = new_order(
        OrderRequest.model_validate(order_payload(**changes)).document(),
        request_id=request_id,
        message_id=f"message-{number}",
        client_id=client_id,
        created_at=timestamp(created_at),
    )
    OrdersTable(stack.client("dynamodb"), "orders").create(order)
    return request_id


def target_of(stack: MotoStack) -> Target:
    return Target(name="the stack test", outputs=stack.outputs)


def all_pages(target: Target, query: OrderQuery, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    position = None
    while True:
        page = list_orders(target, query, limit, position)
        pages.append([each.request_id for each in page.orders])
        if page.next is None:
            return pages
        # As a URL carries it.
        position = Position.read(str(page.next))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 3 * 24 * 60), max_size=25),
    limit=st.integers(1, 7),
    client=st.sampled_from([None, *CLIENTS]),
)
def test_every_order_is_on_one_page_the_newest_first(
    stack: MotoStack, minutes: list[int], limit: int, client: str | None
) -> None:
    for item in stack.client("dynamodb").scan(TableName="orders")["Items"]:
        stack.client("dynamodb").delete_item(TableName="orders", Key={"request_id": item["request_id"]})
    times = {}
    # Several orders in the same millisecond, in several shards.
    for number, minute in enumerate([*minutes, *minutes]):
        created_at = NOON - timedelta(minutes=minute)
        owner = CLIENTS[number % 2]
        request_id = save(stack, number, created_at, owner)
        if client in (None, owner):
            times[request_id] = timestamp(created_at)
    query = OrderQuery(since=NOON - timedelta(days=3), until=NOON, client_id=client)
    pages = all_pages(target_of(stack), query, limit)
    listed = [request_id for page in pages for request_id in page]
    assert sorted(listed) == sorted(times)
    assert [times[each] for each in listed] == sorted(times.values(), reverse=True)
    assert all(len(page) == limit for page in pages[:-1])


def test_only_orders_of_the_time_and_the_status_are_listed(stack: MotoStack) -> None:
    old, new = save(stack, 1, NOON - timedelta(hours=30)), save(stack, 2, NOON - timedelta(hours=2))
    target = target_of(stack)
    day = OrderQuery(since=NOON - timedelta(days=1), until=NOON)
    assert all_pages(target, day, 10) == [[new]]
    stack.client("dynamodb").update_item(
        TableName="orders",
        Key=to_item({"request_id": old}),
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":status": "paid"}),
    )
    days = {"since": NOON - timedelta(days=2), "until": NOON}
    assert all_pages(target, OrderQuery(**days, status="paid"), 10) == [[old]]
    assert all_pages(target, OrderQuery(**days, status="pending", client_id="shop"), 10) == [[new]]


def test_a_page_whose_filter_matches_little_ends_and_can_be_continued(
    stack: MotoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.orders.listing._LONGEST_READ", 2)
    for number in range(5):
        save(stack, number, NOON - timedelta(minutes=number))
    query = OrderQuery(since=NOON - timedelta(hours=1), until=NOON, status="paid")
    assert all_pages(target_of(stack), query, 10) == [[], [], []]


@pytest.mark.parametrize("client", [None, "shop"])
def test_a_page_reads_little_more_than_it_shows(stack: MotoStack, client: str | None) -> None:
    for number in range(40):
        save(stack, number, NOON - timedelta(minutes=number))
    target = target_of(stack)
    read: list[int] = []
    events = target.client("dynamodb").meta.events
    events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"]))
    query = OrderQuery(since=NOON - timedelta(hours=1), until=NOON, client_id=client)
    assert len(list_orders(target, query, 3).orders) == 3
    assert 3 < sum(read) <= 4 * (DAY_SHARDS if client is None else 1)


def test_an_order_is_found_by_its_reference_of_whichever_client(stack: MotoStack) -> None:
    first = save(stack, 1, NOON, reference="PO-77")
    second = save(stack, 2, NOON - timedelta(days=40), "depot", reference="PO-77")
    save(stack, 3, NOON, reference="PO-7")
    found = orders_of_reference(target_of(stack), "PO-77", 10)
    assert [each.request_id for each in found] == [first, second]


def test_orders_are_read_without_the_payment_method_and_a_throttled_read_has_an_end(
    stack: MotoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.adapters.batch_reads.time.sleep", lambda _seconds: None)
    request_id = save(stack, 1, NOON)
    target = target_of(stack)
    client = target.client("dynamodb")
    read = client.batch_get_item
    asked: list[Any] = []
    throttled = [True]

    def batch_get_item(RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        asked.append(RequestItems)
        if throttled:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        return read(RequestItems=RequestItems)

    monkeypatch.setattr(client, "batch_get_item", batch_get_item)
    with pytest.raises(ServiceUnavailable):
        orders_with_ids(target, [request_id])
    throttled.clear()
    assert [each.request_id for each in orders_with_ids(target, [request_id, request_id])] == [request_id] * 2
    assert all("payment_method" not in each["orders"]["ExpressionAttributeNames"].values() for each in asked)


def test_the_command_shows_totals_by_status_and_currency(stack: MotoStack, capsys) -> None:
    for number, currency in enumerate(("EUR", "JPY", "EUR")):
        save(stack, number, now() - timedelta(minutes=number), currency=currency, reference="PO-1")
    assert stack.run("orders", "--limit", "2", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["request_id"] for each in document["orders"]] == ["order-00000=", "order-00001="]
    assert document["more"] is True
    assert [(each["currency"], each["orders"]) for each in document["totals"]] == [("EUR", 2), ("JPY", 1)]
    assert stack.run("orders", "--reference", "PO-1", "--limit", "2", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (len(document["orders"]), document["more"]) == (2, True)
    assert stack.run("orders", "--reference", "PO-1", "--limit", "3", "--json") == 0
    assert json.loads(capsys.readouterr().out)["more"] is False
    assert stack.run("orders", "--reference", "PO-2") == 1
    assert "no order with the reference PO-2" in capsys.readouterr().err
    assert stack.run("orders", "--reference", "PO-1", "--status", "paid") == 2


def test_what_is_listed_of_a_status_is_what_its_totals_count(
    stack: MotoStack, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a status that only old orders have, a page of the console would end before the first.
    monkeypatch.setattr("ops.orders.listing._LONGEST_READ", 2)
    monkeypatch.setattr("ops.orders.command._MOST_READ", 6)
    ids = [save(stack, number, now() - timedelta(minutes=number)) for number in range(5)]
    OrdersTable(stack.client("dynamodb"), "orders").settle(
        ids[-1], Payment(id="p", status="approved"), timestamp(now())
    )

    def listed() -> tuple[list[str], int, bool, bool]:
        assert stack.run("orders", "--status", "paid", "--json") == 0
        document = json.loads(capsys.readouterr().out)
        counted = sum(each["orders"] for each in document["totals"])
        found = [each["request_id"] for each in document["orders"]]
        return found, counted, document["more"], bool(document["notes"])

    assert listed() == ([ids[-1]], 1, False, False)
    # What is read is bounded, whatever of it matches: then a note says so.
    monkeypatch.setattr("ops.orders.command._MOST_READ", 4)
    assert listed() == ([], 0, True, True)


def test_a_position_that_is_none_is_refused(stack: MotoStack, capsys) -> None:
    with pytest.raises(Exception, match="is not a position"):
        Position.read("yesterday")


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123450, "EUR", "1,234.50 EUR"),
        (5, "USD", "0.05 USD"),
        (500, "JPY", "500 JPY"),
        (1234, "KWD", "1.234 KWD"),
    ],
)
def test_an_amount_has_its_currency_s_decimals(minor: int, currency: str, shown: str) -> None:
    assert money(minor, currency) == shown
