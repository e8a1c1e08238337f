"""What signals make of a row: late, repeated, lost and reordered ones included."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.deliveries.outcome import apply
from functions.domain.deliveries.publication import claim, record_publication
from functions.domain.deliveries.row import Reason, Row, RowState, Trigger
from functions.domain.deliveries.signal import Signal, SignalKind, kind_of
from functions.domain.deliveries.timing import Timing
from tests.functions.domain.deliveries.samples import TIMING, at, attempted, dead_lettered, pending, row


def after(delivery: Row, *signals: Signal, timing: Timing = TIMING) -> Row:
    for signal in signals:
        delivery = apply(delivery, signal, timing).row
    return delivery


def published_again(delivery: Row, *, token: str = "t2", message: str = "m2", seconds: float = 20_000) -> Row:
    claimed = claim(delivery, token, Trigger.SCHEDULE, at(seconds))
    assert claimed is not None
    return record_publication(claimed, token, message, at(seconds), TIMING)


@pytest.mark.parametrize("succeeded", [True, False])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (None, SignalKind.FAILED_ATTEMPT),
        (101, SignalKind.REJECTED),
        (302, SignalKind.REJECTED),
        (403, SignalKind.REJECTED),
        (404, SignalKind.REJECTED),
        (410, SignalKind.REJECTED),
        (429, SignalKind.FAILED_ATTEMPT),
        (500, SignalKind.FAILED_ATTEMPT),
        (599, SignalKind.FAILED_ATTEMPT),
        (600, SignalKind.REJECTED),
    ],
)
def test_the_status_decides_and_not_the_log_group(status, kind, succeeded) -> None:
    assert kind_of(status, succeeded=succeeded) is kind


def test_a_2xx_counts_as_received_only_where_sns_calls_it_a_success() -> None:
    assert kind_of(204, succeeded=True) is SignalKind.SUCCESS
    assert kind_of(204, succeeded=False) is SignalKind.FAILED_ATTEMPT


@pytest.mark.parametrize("state", RowState)
def test_a_success_delivers_from_every_state(state) -> None:
    delivered = after(pending(), attempted(200)) if state is RowState.DELIVERED else row(state=state)
    assert after(delivered, attempted(200, seconds=9)).state is RowState.DELIVERED


def test_a_failed_attempt_is_recorded_and_changes_no_state() -> None:
    change = apply(pending(), attempted(503), TIMING)
    assert (change.row.state, change.row.attempts) == (RowState.PENDING, 1)
    assert change.attempt is not None
    assert change.work_at is None


def test_a_rejection_waits_for_the_schedule() -> None:
    change = apply(pending(), attempted(404), TIMING)
    assert (change.row.state, change.row.reason) == (RowState.RETRYING, Reason.REJECTED)
    assert change.row.due_at == change.work_at == at(1 + 7_200)


def test_a_repeated_final_signal_names_the_work_again() -> None:
    """The function may have been killed after it stored the row and before it stored the work."""
    rejected = after(pending(), attempted(404))
    change = apply(rejected, attempted(404), TIMING)
    assert change.row == rejected
    assert change.work_at == rejected.due_at


@pytest.mark.parametrize(
    "order", [*permutations([attempted(503, seconds=2_990, attempt=9), dead_lettered()])]
)
def test_an_envelope_and_its_entry_say_together_why(order) -> None:
    assert after(pending(), *order).reason is Reason.UNAVAILABLE


@pytest.mark.parametrize("order", [*permutations([attempted(403), dead_lettered(seconds=1)])])
def test_a_dead_lettered_4xx_is_a_rejection(order) -> None:
    ended = after(pending(), *order)
    assert (ended.reason, ended.retries) == (Reason.REJECTED, 1)


def test_an_envelope_alone_is_final() -> None:
    ended = after(pending(), dead_lettered())
    assert (ended.state, ended.reason, ended.attempts) == (RowState.RETRYING, Reason.GAVE_UP, 0)


def test_a_failure_of_an_older_publication_does_not_end_the_present_one() -> None:
    second = published_again(after(pending(), attempted(404)))
    assert after(second, attempted(404), dead_lettered()).state is RowState.PENDING


def test_the_schedule_ends() -> None:
    delivery = pending()
    for number in range(1, 4):
        message = f"m{number}"
        token = delivery.claim
        delivery = after(delivery, attempted(404, message=message, seconds=number * 40_000, claim=token))
        if delivery.state is RowState.RETRYING:
            delivery = published_again(delivery, token=f"t{number + 1}", message=f"m{number + 1}")
    assert (delivery.state, delivery.reason) == (RowState.DEAD, Reason.SCHEDULE_EXHAUSTED)
    assert delivery.publications == 3
    assert delivery.expires_at is not None


def test_a_probe_uses_no_step_of_the_schedule() -> None:
    claimed = claim(row(retries=1), "t", Trigger.PROBE, at(0))
    assert claimed is not None
    probed = record_publication(claimed, "t", "m", at(0), TIMING)
    ended = after(probed, attempted(503, message="m", claim="t"), dead_lettered(message="m", claim="t"))
    assert (ended.retries, ended.due_at) == (1, at(3_000))


def test_events_about_webhooks_are_sent_once() -> None:
    assert after(pending(event_type="webhook.test"), dead_lettered()).reason is Reason.NOT_RETRIED


def test_a_signal_by_md5_ends_a_publication_whose_message_id_was_never_stored() -> None:
    assert after(pending(), dead_lettered(claim=None, message="unknown")).state is RowState.RETRYING
    second = claim(after(pending(), attempted(404)), "t2", Trigger.SCHEDULE, at(20_000))
    assert second is not None
    # The unknown publication is older than this claim.
    assert after(second, dead_lettered(claim=None, message="unknown")).state is RowState.PENDING


def test_the_first_success_has_no_item_and_every_other_attempt_has_one() -> None:
    delivered = apply(pending(), attempted(200), TIMING)
    assert delivered.attempt is None
    assert delivered.row.delivered is not None
    assert apply(delivered.row, attempted(200), TIMING).attempt is None
    assert apply(delivered.row, attempted(200, message="m2"), TIMING).attempt is not None


def test_a_clients_request_leaves_a_delivered_row_delivered() -> None:
    delivered = after(pending(), attempted(200))
    claimed = claim(delivered, "t", Trigger.REDELIVER, at(60))
    assert claimed is not None
    again = record_publication(claimed, "t", "m9", at(60), TIMING)
    ended = after(
        again, attempted(500, message="m9", claim="t", seconds=70), dead_lettered(message="m9", claim="t")
    )
    assert (ended.state, ended.attempts) == (RowState.DELIVERED, 2)


def test_only_one_of_two_runs_claims_a_row() -> None:
    first = claim(row(), "t1", Trigger.SCHEDULE, at(0))
    assert first is not None
    assert claim(first, "t2", Trigger.SCHEDULE, at(0)) is None


def test_the_attempts_of_many_publications_are_counted_once() -> None:
    delivery = row(state=RowState.RETRYING)
    signals = []
    for number in range(40):
        token, message = f"t{number}", f"m{number}"
        claimed = claim(delivery, token, Trigger.PROBE, at(number * 3_600))
        assert claimed is not None
        delivery = record_publication(claimed, token, message, at(number * 3_600), TIMING)
        seconds = number * 3_600 + 60
        signals += [
            attempted(503, message=message, claim=token, seconds=seconds, attempt=each) for each in (1, 2, 3)
        ]
        delivery = after(delivery, *signals, dead_lettered(message=message, claim=token, seconds=seconds))
        assert delivery.attempts == 3 * (number + 1)
    assert len(delivery.counted) == 16


SIGNALS = st.lists(
    st.one_of(
        st.builds(
            attempted,
            st.sampled_from([200, 204, 404, 410, 429, 503, None]),
            seconds=st.integers(0, 100_000),
            attempt=st.integers(1, 9),
            message=st.sampled_from(["m1", "m2", "unknown"]),
            claim=st.sampled_from(["first#e1", "t2", None]),
        ),
        st.builds(
            dead_lettered,
            seconds=st.integers(0, 100_000),
            message=st.sampled_from(["m1", "m2", "unknown"]),
            claim=st.sampled_from(["first#e1", "t2", None]),
        ),
    ),
    max_size=12,
)


@given(SIGNALS, st.randoms(use_true_random=False))
def test_whatever_the_order_a_success_delivers_and_nothing_undoes_it(signals, random) -> None:
    received = any(each.kind is SignalKind.SUCCESS for each in signals)
    random.shuffle(signals)
    assert (after(pending(), *signals).state is RowState.DELIVERED) is received


@given(SIGNALS, st.integers(0, 12))
def test_a_repetition_changes_nothing_but_what_was_the_first_time(signals, position) -> None:
    """Applied twice in a row, or once more at the end, a signal counts no attempt and uses no step."""
    once = after(pending(), *signals)
    assert after(once, *signals[position:]).attempts == once.attempts
    twice = after(pending(), *(each for each in signals for _ in range(2)))
    assert (twice.attempts, twice.retries, twice.state) == (once.attempts, once.retries, once.state)


@given(SIGNALS, st.randoms(use_true_random=False))
def test_attempts_are_the_highest_of_each_publication(signals, random) -> None:
    expected: dict[str, int] = {}
    for each in signals:
        if each.attempt is not None:
            expected[each.sns_message_id] = max(each.attempt, expected.get(each.sns_message_id, 0))
    random.shuffle(signals)
    assert after(pending(), *signals).attempts == sum(expected.values())


@given(SIGNALS)
def test_every_row_has_what_its_state_needs(signals) -> None:
    ended = after(pending(), *signals)
    assert (ended.deadline_at is not None) is (ended.state is RowState.PENDING)
    assert (ended.due_at is not None) is (ended.state is RowState.RETRYING)
    assert (ended.expires_at is None) is ended.is_open
    assert ended.retries <= len(TIMING.delays_seconds)
