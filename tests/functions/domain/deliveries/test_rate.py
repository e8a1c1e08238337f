"""The bounded rate: in no minute more than allowed, whatever the pattern of requests."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.deliveries.rate import count_late, reserve
from tests.functions.domain.deliveries.samples import at, state


@given(
    st.sampled_from([1, 2, 3, 30, 59, 60, 61, 600, 6_000]),
    st.lists(
        st.tuples(st.floats(0, 30), st.integers(1, 100), st.floats(0, 10), st.integers(0, 3)),
        min_size=1,
        max_size=40,
    ),
)
def test_no_minute_has_more_than_the_rate(max_per_minute, requests) -> None:
    webhook, seconds, published_at = state(), 0.0, []
    for pause, wanted, slow_seconds, how_many_slow in requests:
        seconds += pause
        granted, webhook, next_at = reserve(webhook, wanted, at(seconds), max_per_minute)
        assert (granted == wanted) or next_at > at(seconds)
        made = []
        for number in range(granted):
            seconds += slow_seconds if number < how_many_slow else 0
            made.append(seconds)
        if made:
            webhook, _ = count_late(webhook, [at(each) for each in made], max_per_minute)
        published_at += made
    for first, start in enumerate(published_at):
        # Instants have microseconds.
        assert bisect_left(published_at, start + 60 - 1e-5) - first <= max_per_minute


def test_after_slow_publications_the_next_ones_wait() -> None:
    granted, webhook, _ = reserve(state(), 20, at(0), 60)
    late, next_at = count_late(webhook, [at(30)] * granted, 60)
    assert next_at > at(30)
    assert reserve(late, 20, at(30), 60)[0] == 0
    assert reserve(webhook, 20, at(30), 60)[0] > 0


def test_a_webhook_that_asks_when_it_may_gets_nearly_the_whole_rate() -> None:
    webhook, now, total = state(), at(0), 0
    while now < at(600):
        granted, webhook, now = reserve(webhook, 20, now, 600)
        total += granted
    assert 5_000 <= total <= 6_000
