"""The bounded rate: in no minute more than allowed, whatever the pattern of requests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.records import from_plain, to_plain
from functions.domain.deliveries.rate import count_late, reserve
from functions.domain.deliveries.webhook_state import WebhookState
from tests.functions.domain.deliveries.samples import at, state


def most_in_a_minute(seconds: Sequence[float]) -> int:
    # Instants have microseconds.
    ends = (bisect_left(seconds, start + 60 - 1e-5) for start in seconds)
    return max((end - first for first, end in enumerate(ends)), default=0)


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
    assert most_in_a_minute(published_at) <= max_per_minute


def test_after_slow_publications_the_next_ones_wait() -> None:
    granted, webhook, _ = reserve(state(), 20, at(0), 60)
    late, next_at = count_late(webhook, [at(30)] * granted, 60)
    assert next_at > at(30)
    assert reserve(late, 20, at(30), 60)[0] == 0
    assert reserve(webhook, 20, at(30), 60)[0] > 0


@pytest.mark.parametrize("max_per_minute", [600, 613, 60_000])
def test_a_webhook_that_asks_when_it_may_gets_nearly_the_whole_rate_and_no_more(max_per_minute) -> None:
    webhook, seconds, published_at = state(), 0.0007, []
    while seconds < 200:
        granted, webhook, next_at = reserve(webhook, 20, at(seconds), max_per_minute)
        published_at += [seconds] * granted
        # What is stored has milliseconds.
        webhook = from_plain(WebhookState, to_plain(webhook))
        seconds = max((next_at - at(0)).total_seconds(), seconds + 0.0007)
    # The burst is a part of the rate.
    assert len(published_at) >= 200 / 60 * max_per_minute * 0.83
    assert most_in_a_minute(published_at) <= max_per_minute


def test_a_used_up_rate_is_asked_for_again_when_it_grants_several() -> None:
    webhook, now, turns = state(), at(0), 0
    while now < at(60):
        _, webhook, now = reserve(webhook, 20, now, 600)
        turns += 1
    assert turns < 60
