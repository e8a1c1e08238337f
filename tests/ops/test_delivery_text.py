"""What is said of a delivery."""

from __future__ import annotations

from typing import Any

import pytest

from functions.domain.deliveries.row import Attempt, Reason, RowState
from ops.delivery_text import following, following_a_failure, last_answer, reason_of
from tests.functions.domain.deliveries.samples import T0, at, row

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
            "SNS gave up: 503 (maintenance)",
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
    assert following_a_failure(row(retries=retries), (7_200, 18_000)) == expected


def test_a_test_event_is_not_sent_again() -> None:
    assert following_a_failure(row(event_type="webhook.test"), (7_200,)) == "it is not sent again"


def test_a_delivery_without_an_attempt_has_no_answer() -> None:
    assert last_answer(row()) == ""


def test_a_long_answer_is_cut_where_its_first_line_ends() -> None:
    page = Attempt(sns_message_id="m", number=1, at=T0, status=500, response=f"{'x' * 100}\n<html>")
    assert last_answer(row(last_attempt=page)) == f"500 ({'x' * 79}…)"


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({}, "active", "is published within a minute"),
        ({"publications": 1}, "active", "is published again within a minute"),
        ({"state": RowState.RETRYING}, "active", "is published again within a minute"),
        ({"state": RowState.RETRYING, "due_at": at(-60)}, "active", "is published again within a minute"),
        (
            {"state": RowState.RETRYING, "due_at": at(1800)},
            None,
            "is published again 2026-11-25 10:00:00 UTC (in 30 min)",
        ),
        (
            {"state": RowState.RETRYING, "due_at": at(1800)},
            "failing",
            "waits: the webhook is failing: one event at a time is tried",
        ),
        ({}, "pending_confirmation", "waits: the webhook has not confirmed its subscription"),
        ({"state": RowState.PENDING}, "paused", "SNS is delivering it"),
        (
            {"state": RowState.PENDING, "deadline_at": at(7200)},
            "active",
            "SNS is delivering it, and ends 2026-11-25 11:30:00 UTC (in 2 h) at the latest",
        ),
        (
            {"state": RowState.DELIVERED, "delivered_at": at(-5)},
            "active",
            "nothing: delivered 2026-11-25 09:29:55 UTC (5.0 s ago)",
        ),
        (
            {"state": RowState.DEAD, "dead_at": at(-60), "reason": Reason.SCHEDULE_EXHAUSTED},
            "active",
            (
                "nothing: given up 2026-11-25 09:29:00 UTC (1 min ago) (every redelivery failed); redeliver "
                "or recover sends it again"
            ),
        ),
    ],
)
def test_what_happens_next_and_when(changes: dict[str, Any], status: Any, expected: str) -> None:
    assert following(row(**changes), status, T0).written(T0) == expected


@pytest.mark.parametrize(
    "changes", [{"reason": Reason.REMOVED}, {"reason": Reason.NOT_RETRIED, "event_type": "webhook.test"}]
)
def test_what_cannot_be_sent_again_is_not_said_to_be(changes: dict[str, Any]) -> None:
    assert "sends it again" not in following(row(state=RowState.DEAD, **changes), None, T0).written(T0)
