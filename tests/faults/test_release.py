from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.release import most_in_a_minute

START = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "most"),
    [
        ([], 0),
        ([0], 1),
        ([0, 60], 1),
        ([0, 59, 60], 2),
        ([0, 10, 20, 70, 75, 79, 81], 4),
    ],
)
def test_the_busiest_minute_is_found(seconds: list[int], most: int) -> None:
    assert most_in_a_minute([START + timedelta(seconds=each) for each in seconds]) == most
