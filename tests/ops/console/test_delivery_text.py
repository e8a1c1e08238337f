"""What is said of a delivery."""

from __future__ import annotations

from typing import Any

import pytest

from functions.domain.deliveries.row import Attempt, Reason, RowState
from ops.console.delivery_text import answer_of, following_of, reason_of
from tests.functions.domain.deliveries.samples import T0, row

FAILED = Attempt(sns_message_id="m", number=9, at=T0, status=503, response="maintenance")
SILENT = Attempt(sns_message_id="m", number=1, at=T0, status=None)


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({}, "active", "is published in a moment"),
        ({}, "paused", "the webhook is paused"),
        ({}, "failing", "the webhook is failing: one event at a time is tried"),
        (
            {"state": RowState.RETRYING, "reason": Reason.UNAVAILABLE, "last_attempt": FAILED},
            "active",
            "SNS gave up: 503 maintenance",
        ),
        (
            {"state": RowState.DEAD, "reason": Reason.SCHEDULE_EXHAUSTED, "last_attempt": SILENT},
            "paused",
            "every redelivery failed: no answer",
        ),
        ({"state": RowState.DEAD, "reason": Reason.REMOVED}, None, "removed by an operator"),
        ({"state": RowState.PENDING}, None, ""),
    ],
)
def test_why_a_delivery_waits_or_has_ended(changes: dict[str, Any], status: Any, expected: str) -> None:
    assert reason_of(row(**changes), status) == expected


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert reason_of(row(state=RowState.DEAD, reason=reason))


@pytest.mark.parametrize(
    ("retries", "expected"),
    [
        (0, "again after 2 h, 5 h, then it is dead"),
        (1, "again after 5 h, then it is dead"),
        (2, "then it is dead"),
    ],
)
def test_the_rest_of_the_schedule(retries: int, expected: str) -> None:
    assert following_of(row(retries=retries), (7_200, 18_000)) == expected


def test_a_test_event_is_not_sent_again() -> None:
    assert following_of(row(event_type="webhook.test"), (7_200,)) == "it is not sent again"


def test_a_delivery_without_an_attempt_has_no_answer() -> None:
    assert answer_of(row()) == ""


def test_a_long_answer_is_cut_where_its_first_line_ends() -> None:
    page = Attempt(sns_message_id="m", number=1, at=T0, status=500, response=f"{'x' * 100}\n<html>")
    assert answer_of(row(last_attempt=page)) == f"500 {'x' * 79}…"
