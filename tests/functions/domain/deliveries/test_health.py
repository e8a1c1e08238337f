"""When a webhook is failing, recovered or disabled, and when it is not."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.deliveries.health import HealthChange, activate, apply_health, review
from functions.domain.deliveries.outcome import apply
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.webhook_state import WebhookState
from tests.functions.domain.deliveries.samples import TIMING, at, attempted, dead_lettered, pending, state


def failure(number: int, *, seconds: float, status: int | None = 503, attempt: int = 9) -> tuple[Any, ...]:
    """The row, and the signals of an event that ended so."""
    event_id, message = f"e{number}", f"m{number}"
    claim = f"first#{event_id}"
    return pending(event_id=event_id), (
        attempted(status, seconds=seconds, attempt=attempt, message=message, claim=claim),
        dead_lettered(seconds=seconds, message=message, claim=claim),
    )


def success(number: int, *, seconds: float) -> tuple[Any, ...]:
    event_id, message = f"e{number}", f"m{number}"
    return pending(event_id=event_id), (
        attempted(200, seconds=seconds, message=message, claim=f"first#{event_id}"),
    )


def after(webhook: WebhookState, *events: tuple[Any, ...], now: float = 10_000) -> WebhookState:
    for delivery, signals in events:
        row = delivery
        for signal in signals:
            row = apply(row, signal, TIMING).row
            webhook = apply_health(webhook, row, signal, at(now)).state
    return webhook


def test_two_different_events_in_a_row_make_a_webhook_failing() -> None:
    once = after(state(), failure(1, seconds=100))
    assert not once.is_failing
    twice = after(once, failure(2, seconds=200))
    assert (twice.failing_since, twice.failures_in_row) == (at(100), 2)


def test_the_same_event_twice_does_not() -> None:
    assert not after(state(), failure(1, seconds=100), failure(1, seconds=9_000)).is_failing


@pytest.mark.parametrize("status", [302, 400, 404, 422])
def test_refused_events_do_not(status) -> None:
    refused = [failure(number, seconds=100 * number, status=status, attempt=1) for number in range(10)]
    assert after(state(), *refused) == state()


def test_a_few_single_attempts_are_no_evidence() -> None:
    singles = [failure(number, seconds=100 * number, attempt=1) for number in range(6)]
    assert not after(state(), *singles[:4]).is_failing
    assert after(state(), *singles[:5]).is_failing


def test_an_envelope_alone_says_nothing_until_its_entry_has_come() -> None:
    row, (entry, envelope) = failure(2, seconds=200)
    once = after(state(), failure(1, seconds=100))
    waiting = after(once, (row, (envelope,)))
    assert not waiting.is_failing
    ended = apply(row, envelope, TIMING).row
    assert after(waiting, (ended, (entry,))).is_failing


def test_a_success_in_between_breaks_the_row() -> None:
    events = failure(1, seconds=100), success(2, seconds=200), failure(3, seconds=300)
    assert not after(state(), *events).is_failing


def test_a_failure_that_is_older_than_the_last_success_does_not_count() -> None:
    late = failure(1, seconds=100), failure(2, seconds=150)
    assert not after(state(last_success_at=at(120)), *late).is_failing


def test_a_success_that_is_older_than_the_failures_ends_nothing() -> None:
    failing = after(state(), failure(1, seconds=1_000), failure(2, seconds=1_100))
    assert after(failing, success(3, seconds=900)).is_failing


def test_the_first_success_releases_what_waits() -> None:
    failing = after(state(), failure(1, seconds=100), failure(2, seconds=200))
    change = apply_health(failing, *_last(success(3, seconds=300)), at(310))
    recovered = change.state
    assert change.notice is not None
    assert change.notice.type == "webhook.recovered"
    assert (recovered.is_failing, recovered.probe, recovered.released_at) == (False, None, at(310))
    assert recovered.work_at == at(310)


def _last(event: tuple[Any, ...]) -> tuple[Any, Signal]:
    row, signals = event
    return apply(row, signals[-1], TIMING).row, signals[-1]


def test_last_success_is_written_once_a_minute() -> None:
    written = after(state(), success(1, seconds=0))
    assert after(written, success(2, seconds=30)) is written
    assert after(written, success(3, seconds=61)).last_success_at == at(61)


def test_five_days_of_failing_disable() -> None:
    failing = after(state(), failure(1, seconds=0), failure(2, seconds=100))
    assert review(failing, at(5 * 86_400 - 1), TIMING).state is failing
    change = review(failing, at(5 * 86_400), TIMING)
    assert change.notice is not None
    assert (change.notice.type, change.state.disabled_reason) == ("webhook.disabled", "failing")
    assert review(change.state, at(9 * 86_400), TIMING).state is change.state


def test_a_410_disables_unless_it_is_older_than_the_activation() -> None:
    gone = failure(1, seconds=1, status=410, attempt=1)
    assert after(state(), gone).disabled_reason == "gone"
    assert after(state(activated_at=at(10)), gone).disabled_at is None


def test_an_activation_makes_everything_due() -> None:
    disabled = state(disabled_at=at(0), failing_since=at(0), failures_in_row=2, failures_since=at(0))
    active = activate(disabled, at(100))
    assert (active.disabled_at, active.is_failing, active.failures_in_row) == (None, False, 0)
    assert active.released_at == active.work_at == at(100)


def test_a_row_of_another_registration_says_nothing() -> None:
    row, signals = success(1, seconds=1)
    assert apply_health(state(registration="r2"), row, signals[0], at(2)) == HealthChange(
        state=state(registration="r2")
    )


def test_test_events_fail_without_effect_and_succeed_with_it() -> None:
    _, signals = failure(1, seconds=100)
    tested = pending(event_id="e1", event_type="webhook.test")
    assert after(state(), (tested, signals)) == state()
    failing = after(state(), failure(2, seconds=200), failure(3, seconds=300))
    assert not after(failing, (tested, success(1, seconds=400)[1])).is_failing


EVENTS = st.lists(
    st.builds(
        lambda number, seconds, is_success: (
            success(number, seconds=seconds) if is_success else failure(number, seconds=seconds)
        ),
        st.integers(0, 5),
        st.integers(0, 100_000),
        st.booleans(),
    ),
    max_size=8,
)


@given(EVENTS)
def test_the_state_is_always_consistent(events) -> None:
    webhook = after(state(), *events)
    assert webhook.is_failing <= (webhook.failures_since is not None)
    assert (webhook.failures_in_row > 0) is (webhook.failures_since is not None)


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_whatever_the_order_a_newer_success_ends_it_well(order) -> None:
    events = [failure(1, seconds=100), failure(2, seconds=200), success(3, seconds=400)]
    assert not after(state(), *(events[each] for each in order)).is_failing
