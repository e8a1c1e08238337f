"""What a list's query may hold, and which cursors continue it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.page import Page, Position
from functions.http.paging import DEFAULT_LIMIT, PageRequest, read_page
from functions.http.problem import Problem
from functions.http.request import Request
from tests.support.http_events import http_event

CHOICES = {"status": ("paid", "declined")}
POSITION = ("2026-11-25T09:30:00.000Z", "EUrFYqQ4LXdiTGs=")


def page(query: Mapping[str, str], *, client: str = "shop", path: str = "/orders") -> PageRequest:
    event = http_event("GET", path)
    event["queryStringParameters"] = dict(query)
    return read_page(Request(APIGatewayProxyEventV2(event), client_id=client), CHOICES)


def cursor(query: Mapping[str, str], position: Position = POSITION, **caller: str) -> str:
    made = page(query, **caller).next_cursor(Page(entries=[], position=position))
    assert made is not None
    return made


def refused(query: Mapping[str, str], **caller: str) -> list[str]:
    """The parameters that a refusal names."""
    with pytest.raises(Problem) as raised:
        page(query, **caller)
    assert raised.value.status == 400
    return [each.field for each in raised.value.errors]


def test_without_parameters_it_is_the_first_page_of_everything() -> None:
    first = page({})
    assert (first.limit, first.position, first.filters) == (DEFAULT_LIMIT, None, {})
    assert first.first < "2026" < "9" < first.last
    assert first.next_cursor(Page(entries=[], position=None)) is None


def test_until_is_the_first_instant_that_is_left_out() -> None:
    asked = page({"since": "2026-11-25T10:30:00+01:00", "until": "2026-11-25T09:31:00Z"})
    assert (asked.first, asked.last) == ("2026-11-25T09:30:00.000Z", "2026-11-25T09:30:59.999Z")


def test_what_is_finer_than_a_millisecond_is_neither_added_nor_lost() -> None:
    asked = page({"since": "2026-11-25T09:30:00.0001Z", "until": "2026-11-25T09:30:01.0001Z"})
    assert (asked.first, asked.last) == ("2026-11-25T09:30:00.001Z", "2026-11-25T09:30:01.000Z")


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        *(
            ({"limit": each}, ["limit"])
            for each in ("0", "101", "-1", "1.0", "ten", "", "5,6", "\N{ARABIC-INDIC DIGIT ONE}", "1" * 999)
        ),
        *(
            ({"since": each}, ["since"])
            for each in (
                "2026-11-25",
                "2026-11-25T09:30:00",
                "2026-13-25T09:30:00Z",
                "0000-01-01T00:00:00Z",
                "now",
                "",
            )
        ),
        ({"status": "lost"}, ["status"]),
        ({"status": "paid,declined"}, ["status"]),
        ({"sicne": "2026-11-25T09:30:00Z"}, ["sicne"]),
        ({"since": "2026-11-25T09:30:00Z", "until": "2026-11-25T09:30:00Z"}, ["until"]),
        ({"limit": "0", "status": "lost", "cursor": "x"}, ["status", "limit", "cursor"]),
    ],
)
def test_a_wrong_parameter_is_named(query: dict[str, str], fields: list[str]) -> None:
    assert refused(query) == fields


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+23:00", "0145-09-10T23:01:23.29833-19:45"])
@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-23:00", "9999-12-31T23:59:59Z"])
def test_instants_that_the_service_cannot_have_are_everything(since: str, until: str) -> None:
    assert page({"since": since, "until": until}).binding == page({}).binding


@pytest.mark.parametrize(
    "query", [{"until": "0728-08-29T20:06:52.1Z"}, {"since": "9999-12-31T23:59:59Z"}], ids=["until", "since"]
)
def test_a_bound_beyond_everything_leaves_a_range_that_a_table_can_be_asked_for(
    query: dict[str, str],
) -> None:
    asked = page(query)
    assert asked.first == asked.last


def test_a_cards_number_in_a_parameters_name_is_not_repeated() -> None:
    assert refused({"4111111111111111": "x"}) == ["(not repeated)"]


def test_a_cursor_continues_its_own_list_with_any_limit() -> None:
    query = {"status": "paid", "since": "2026-11-01T00:00:00Z"}
    made = cursor(query)
    assert page({**query, "cursor": made, "limit": "7"}).position == POSITION


@pytest.mark.parametrize(
    ("query", "caller"),
    [
        ({}, {"client": "depot"}),
        ({}, {"path": "/webhooks/wh_1/deliveries"}),
        ({"status": "paid"}, {}),
        ({"since": "2026-11-01T00:00:00Z"}, {}),
    ],
)
def test_a_cursor_of_another_client_list_or_query_is_refused(query, caller) -> None:
    assert refused({**query, "cursor": cursor({})}, **caller) == ["cursor"]


@given(
    st.text(max_size=2_000)
    | st.binary(max_size=200).map(lambda each: base64.urlsafe_b64encode(each).decode())
)
def test_nothing_else_is_a_cursor(text: str) -> None:
    assert refused({"cursor": text}) == ["cursor"]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=6,
    )
)
def test_no_json_is_a_cursor(value: object) -> None:
    assert refused({"cursor": base64.urlsafe_b64encode(json.dumps(value).encode()).decode()}) == ["cursor"]


@given(st.data())
def test_an_altered_cursor_is_refused(data: st.DataObject) -> None:
    made = cursor({})
    place = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda each: each != made[place]))
    altered = made[:place] + other + made[place + 1 :]
    try:
        position = page({"cursor": altered}).position
    except Problem:
        return
    # The last character's spare bits mean nothing.
    assert (position, place) == (POSITION, len(made) - 1)


@pytest.mark.parametrize("position", [("2020", "x"), (POSITION[0], ""), (POSITION[0], "x" * 129)])
def test_a_position_that_no_page_ends_at_is_refused_even_with_its_digest(position: Position) -> None:
    query = {"since": "2026-11-01T00:00:00Z"}
    assert refused({**query, "cursor": cursor(query, position)}) == ["cursor"]
