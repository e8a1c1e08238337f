from __future__ import annotations

import pytest

from receiver.hooks import Attempt
from tests.faults import repetitions
from tests.faults.facts import Delivery, Repetition
from tests.faults.plan import DELIVERED_LATE, ENTRY_NEVER_WRITTEN, PUBLISHER_ENDED, died, killed
from tests.faults.repetitions import find_repetitions


def attempt(outcome: str = "handled", status: int = 200, event_id: str = "e") -> Attempt:
    return Attempt(at="", hook="a", number=1, outcome=outcome, status=status, event_id=event_id, subject="id")


def row(publications: int) -> Delivery:
    return Delivery(
        hook="a",
        event_id="e",
        event_type="order.paid",
        request_id="id",
        state="delivered",
        publications=publications,
    )


def find(*places: str, publications: int = 2, late: bool = False, asked: bool = False) -> list[Repetition]:
    return list(
        find_repetitions(
            {"a": [attempt(), attempt("duplicate")]},
            [row(publications)],
            {"id": frozenset(places)},
            late_hooks=frozenset({"a"} if late else ()),
            asked_for=frozenset({"id"} if asked else ()),
        )
    )


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (find(asked=True), repetitions.ASKED_FOR),
        (find(late=True), repetitions.ANSWERED_TOO_LATE),
        (find(ENTRY_NEVER_WRITTEN), repetitions.ENTRY_LOST),
        (find(killed("after", "inform_client")), repetitions.KILLED),
        (find(died("Publish order-events")), repetitions.KILLED),
        (find(PUBLISHER_ENDED), repetitions.KILLED),
        (find(publications=1), repetitions.SNS_ITSELF),
        (find(DELIVERED_LATE), ""),
        (find(), ""),
    ],
)
def test_a_repetition_has_the_cause_that_the_run_has_put_there(found: list[Repetition], cause: str) -> None:
    assert found == [Repetition(hook="a", request_id="id", times=2, cause=cause)]


def test_what_was_refused_or_failed_is_no_repetition() -> None:
    attempts = [attempt(), attempt("failed on purpose", 503), attempt("refused", 403), attempt(event_id="f")]
    found = find_repetitions({"a": attempts}, [row(2)], {}, late_hooks=frozenset(), asked_for=frozenset())
    assert found == ()
