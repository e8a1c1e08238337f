from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from local import __main__ as program
from local import journey
from local.attempts import AttemptHistory, LoggedAttempt
from local.journey import Journey, NotDeliveredError, PostedOrder

URL = "http://127.0.0.1:8765/hooks/orders"
NOW = datetime.now(UTC)
FAILED = LoggedAttempt(
    at=NOW,
    next_at=None,
    message_type="Notification",
    message_id="message-1",
    url=URL,
    number=1,
    planned=9,
    status=404,
    response="",
    verdict="failed",
    event_id="event-1",
    event_type="order.paid",
    request_id="req-1",
    reference="PO-1001",
)


def wait(last: LoggedAttempt, *, redelivery_seconds: float | None = None, handled: bool = False) -> Any:
    history = AttemptHistory()
    history.add(last)
    attempt = SimpleNamespace(subject="req-1", outcome="handled", event_id="event-1", number=2)
    event = SimpleNamespace(id="event-1", type="order.paid", data={"status": "paid"})
    hook: Any = SimpleNamespace(attempts=[attempt] if handled else [], events=[event])
    return Journey(None, {}, "shop").wait_for_webhook(  # type: ignore[arg-type] - no emulator is asked
        PostedOrder(request_id="req-1", milliseconds=1),
        {"status": "paid"},
        hook=hook,
        url=URL,
        attempts=history,
        speed=10,
        redelivery_seconds=redelivery_seconds,
    )


def test_a_status_that_is_not_retried_ends_the_wait_at_once() -> None:
    with pytest.raises(NotDeliveredError, match="one attempt, the last answered 404; SNS makes no more"):
        wait(FAILED)


def test_a_redelivery_that_is_hours_away_is_not_waited_for() -> None:
    with pytest.raises(NotDeliveredError):
        wait(FAILED, redelivery_seconds=7200)


def test_an_attempt_that_comes_too_late_is_not_waited_for() -> None:
    # The emulator's clock runs ten times as fast.
    late = dataclasses.replace(FAILED, status=503, next_at=NOW + timedelta(hours=1))
    with pytest.raises(NotDeliveredError, match="503; the next is at "):
        wait(late)


def test_a_delivery_after_failures_counts() -> None:
    assert wait(FAILED, redelivery_seconds=1, handled=True).number == 2


@pytest.mark.parametrize(("delivered", "code"), [(True, 0), (False, 1)])
def test_once_fails_where_the_webhook_was_not_delivered(
    delivered: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "Laptop", StandIn)
    monkeypatch.setattr(program, "send_first_order", lambda *_, once: delivered and once)
    assert program.main(["--once"]) == code


class StandIn:
    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


def test_an_order_is_waited_for_before_it_is_saved_and_while_it_is_pending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([(404, {}, {}), (200, {}, {"status": "pending"}), (200, {}, {"status": "paid"})])
    monkeypatch.setattr(journey, "call", lambda *_: next(answers))
    followed = Journey(None, {"orders_endpoint": "http://127.0.0.1/orders"}, "shop")  # type: ignore[arg-type]
    assert followed.wait_for_outcome(PostedOrder(request_id="req-1", milliseconds=1)) == {"status": "paid"}
