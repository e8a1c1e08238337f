"""A client reads ten thousand deliveries page by page: each once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import row_item
from functions.domain.deliveries.row import Row, RowState
from functions.domain.instant import timestamp
from tests.functions.test_delivery_api import START, Api, delivered, register, row

pytestmark = pytest.mark.slow

COUNT = 10_000
# DynamoDB's largest batch.
BATCH = 25


@pytest.fixture
def api(cloud: Any, context: Any) -> Api:
    register("shop", "wh_1")
    rows = list(deliveries(COUNT))
    for first in range(0, COUNT, BATCH):
        puts = [{"PutRequest": {"Item": row_item(each)}} for each in rows[first : first + BATCH]]
        aws.dynamodb().batch_write_item(RequestItems={cloud.deliveries_table_name: puts})  # type: ignore[dict-item]
    return Api(context)


def deliveries(count: int) -> Iterator[Row]:
    """Seven events a millisecond, of which every hundredth was given up."""
    for number in range(count):
        time = timestamp(START + timedelta(milliseconds=number // 7))
        made = delivered(number, event_time=time)
        if number % 100 == 0:
            made = replace(made, state=RowState.DEAD, delivered=None, delivered_at=None, dead_at=START)
        yield made


def pages(api: Api, **query: str) -> Iterator[list[str]]:
    while True:
        page = api.deliveries(limit="100", **query)
        yield [each["event_id"] for each in page["deliveries"]]
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


def test_every_delivery_comes_once_while_others_are_added(api: Api, cloud: Any) -> None:
    table = DeliveriesTable(aws.dynamodb(), cloud.deliveries_table_name)
    found: list[str] = []
    for number, page in enumerate(pages(api)):
        found += page
        # A new event at each page: it is newer than what is still to come.
        table.create_rows([row(COUNT + number, event_time=timestamp(START + timedelta(days=1)))])
    expected = [each.event_id for each in sorted(deliveries(COUNT), key=lambda each: each.key, reverse=True)]
    assert found == expected


def test_a_status_that_few_have_is_read_to_its_end(api: Api) -> None:
    found = [event_id for page in pages(api, status="dead") for event_id in page]
    assert len(found) == len(set(found)) == COUNT // 100
    assert set(found) == {f"event-{number}" for number in range(0, COUNT, 100)}
