from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict

import pytest

from functions.domain.shape import differences


class Seat(TypedDict):
    number: int
    note: NotRequired[str]


@dataclass(kw_only=True)
class Booking:
    name: str
    count: int
    is_paid: bool
    seats: list[Seat]
    labels: dict[str, str]
    area: Literal["inside", "outside"]
    further: dict[str, Any] = field(default_factory=dict)
    comment: str | None = None


GOOD: dict[str, Any] = {
    "name": "Ada",
    "count": 2,
    "is_paid": False,
    "seats": [{"number": 1}, {"number": 2, "note": "window"}],
    "labels": {"channel": "web"},
    "area": "inside",
}


@pytest.mark.parametrize(
    "changes", [{}, {"comment": None}, {"comment": "x"}, {"unknown": 1}, {"seats": []}, {"further": {"a": 1}}]
)
def test_what_has_the_types_has_no_differences(changes: dict[str, Any]) -> None:
    assert [*differences({**GOOD, **changes}, Booking)] == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"name": 1}, "name: is not a text"),
        ({"name": None}, "name: is not a text"),
        ({"count": True}, "count: is not an integer"),
        ({"count": 1.0}, "count: is not an integer"),
        ({"is_paid": 1}, "is_paid: is not a boolean"),
        ({"seats": {}}, "seats: is not a list"),
        ({"seats": [{"number": 1}, 2]}, "seats.1: is not an object"),
        ({"seats": [{}]}, "seats.0.number: is missing"),
        ({"seats": [{"number": 1, "note": 2}]}, "seats.0.note: is not a text"),
        ({"labels": []}, "labels: is not an object"),
        ({"labels": {"secret": 1, "other": 2}}, "labels: has a value that is not a text"),
        ({"area": "roof"}, "area: is not one of inside, outside"),
        ({"comment": 1}, "comment: is not a text"),
    ],
)
def test_a_difference_is_named_once_and_without_the_value(changes: dict[str, Any], found: str) -> None:
    assert [*differences({**GOOD, **changes}, Booking)] == [found]


def test_what_is_missing_is_named_unless_it_has_a_default_or_is_left_out() -> None:
    missing = [*differences({"name": "Ada", "labels": {}, "seats": []}, Booking, left_out=["count"])]
    assert missing == ["is_paid: is missing", "area: is missing"]
    assert [*differences({}, Seat, path="seat.")] == ["seat.number: is missing"]
