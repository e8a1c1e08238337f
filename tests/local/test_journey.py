from __future__ import annotations

import dataclasses
import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from local import __main__ as program
from local import first_order, journey
from local.attempts import AttemptHistory, LoggedAttempt
from local.journey import Journey, NotDeliveredError, PostedOrder, wait_for_own_receiver
from local.laptop_options import LaptopOptions, OwnWebhook
from local.screen import Screen

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


def test_an_own_receiver_has_an_event_that_it_took_after_failures() -> None:
    history = AttemptHistory()
    history.add(FAILED)
    history.add(dataclasses.replace(FAILED, number=2, status=200, url="http://127.0.0.1:9001/other"))
    taken = dataclasses.replace(FAILED, number=3, status=204)
    history.add(taken)
    assert wait_for_own_receiver("req-1", URL, history) == taken


@pytest.mark.parametrize(
    "attempts", [[], [FAILED], [dataclasses.replace(FAILED, status=200, request_id="2")]]
)
def test_an_own_receiver_without_the_event_is_named(
    attempts: list[LoggedAttempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey, "_LONGEST_DELIVERY_SECONDS", 0.1)
    history = AttemptHistory()
    for each in attempts:
        history.add(each)
    with pytest.raises(NotDeliveredError, match="not delivered"):
        wait_for_own_receiver("req-1", URL, history)


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("taken", [True, False])
def test_once_waits_for_the_clients_own_receivers(
    once: bool, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = SimpleNamespace(
        post_order=lambda: PostedOrder(request_id="req-1", milliseconds=1),
        wait_for_outcome=lambda _: {"total_amount": 1, "currency": "EUR", "status": "paid"},
        states=lambda _: [],
        wait_for_webhook=lambda *_, **__: SimpleNamespace(event_type="order.paid", number=1),
    )
    monkeypatch.setattr(first_order, "Journey", lambda *_: steps)
    monkeypatch.setattr(journey, "_LONGEST_DELIVERY_SECONDS", 0.1)
    own = (OwnWebhook(client_id="shop", url=f"{URL}?a=b"), OwnWebhook(client_id="acme", url="http://[::1]/"))
    laptop: Any = SimpleNamespace(
        options=LaptopOptions(clients=("shop", "acme"), webhooks=own),
        attempts=AttemptHistory(),
        emulator=None,
        outputs={},
        receiver=SimpleNamespace(hook=lambda _: None, hook_url=lambda _: URL),
    )
    laptop.attempts.add(dataclasses.replace(FAILED, status=200 if taken else 503))
    shown = io.StringIO()
    screen = Screen(Console(file=shown, width=120))
    assert first_order.send_first_order(laptop, screen, once=once) is (taken or not once)
    assert (f"{URL}?a=b" in shown.getvalue()) is once


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
