"""The bounded rate: in no minute more than allowed, whatever the pattern of requests."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.deliveries.rate import reserve
from tests.functions.domain.deliveries.samples import at, state


@given(
    st.sampled_from([1, 2, 3, 30, 59, 60, 61, 600, 6_000]),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 100)), min_size=1, max_size=40),
)
def test_no_minute_has_more_than_the_rate(max_per_minute, requests) -> None:
    webhook, seconds, granted_at = state(), 0.0, []
    for pause, wanted in requests:
        seconds += pause
        granted, webhook, next_at = reserve(webhook, wanted, at(seconds), max_per_minute)
        granted_at += [seconds] * granted
        assert (granted == wanted) or next_at > at(seconds)
    for first, start in enumerate(granted_at):
        assert bisect_left(granted_at, start + 60) - first <= max_per_minute


def test_a_webhook_that_asks_when_it_may_gets_nearly_the_whole_rate() -> None:
    webhook, now, total = state(), at(0), 0
    while now < at(600):
        granted, webhook, now = reserve(webhook, 20, now, 600)
        total += granted
    assert 5_000 <= total <= 6_000
