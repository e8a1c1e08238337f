"""The failure this guards against: an event lost or repeated because of how its handling ended."""

from __future__ import annotations

from email.message import Message
from typing import Any

import pytest

import receiver
from receiver import Answer, Delivered, Event, Receiver, TemporaryFailure

from .signing import (
    CERTIFICATE_URL,
    HOOK_URL,
    NOW,
    Web,
    body_of,
    confirmation,
    event_text,
    headers_of,
    make_trust,
    notification,
    rsa_key,
    signed,
    subscribe_url,
)


@pytest.fixture
def web() -> Web:
    web = Web()
    web.replies[subscribe_url()] = receiver.Reply(200, b"")
    return web


@pytest.fixture
def kit(web: Web) -> Receiver:
    return Receiver(make_trust(), fetch=web, clock=lambda: NOW)


def _answer(kit: Receiver, work: object, message: dict[str, object] | None = None) -> Answer:
    message = signed(notification()) if message is None else message
    return kit.answer(HOOK_URL, headers_of(message), body_of(message), work)  # type: ignore[arg-type] - any callable


def test_work_is_done_once(kit: Receiver) -> None:
    done: list[Event] = []
    assert _answer(kit, done.append) == Answer(200, "handled")
    assert _answer(kit, done.append) == Answer(200, "duplicate")
    assert [event.id for event in done] == ["evt-1"]


def test_a_redelivery_days_later_in_another_message_is_a_duplicate(kit: Receiver) -> None:
    done: list[Event] = []
    _answer(kit, done.append)
    again = signed(notification(MessageId="another", Subject="again"))
    assert _answer(kit, done.append, again) == Answer(200, "duplicate")
    assert len(done) == 1


def test_failed_work_is_asked_for_again(kit: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    done: list[Event] = []

    def fail(event: Event) -> None:
        raise RuntimeError("the database is away")

    assert _answer(kit, fail).status == 503
    assert "the database is away" in caplog.text
    assert _answer(kit, done.append) == Answer(200, "handled")
    assert len(done) == 1


def test_an_async_function_is_a_mistake_of_the_caller(kit: Receiver) -> None:
    async def work(event: Event) -> None:
        pytest.fail("nobody awaits it")

    with pytest.raises(TypeError, match="async function: pass a plain one"):
        _answer(kit, work)


@pytest.mark.parametrize("seen", [set(), "seen-events.sqlite3", receiver.SeenInMemory, object()])
def test_a_memory_has_the_functions_that_are_called(seen: Any) -> None:
    with pytest.raises(TypeError, match="seen is an object with claim, settle and release"):
        Receiver(make_trust(), seen=seen)


@pytest.mark.parametrize("option", ["fetch", "clock"])
def test_an_option_that_is_called_is_a_function(option: str) -> None:
    given: Any = {option: 3}
    with pytest.raises(TypeError, match=f"{option} is a function"):
        Receiver(make_trust(), **given)


@pytest.mark.parametrize("event", ["evt-1", None, {"id": "evt-1"}])
def test_what_is_no_event_is_neither_settled_nor_released(kit: Receiver, event: Any) -> None:
    for call in (kit.settle, kit.release):
        with pytest.raises(TypeError, match="pass the event of the Delivered"):
            call(event)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_work_that_has_not_begun_is_not_taken_for_done(
    kit: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(event: Event) -> None:
        pytest.fail("nobody awaits it")

    # Not an async function, but its result is to be awaited.
    assert _answer(kit, lambda event: work(event)).status == 503  # noqa: PLW0108
    assert "async" in caplog.text
    assert _answer(kit, lambda _: None) == Answer(200, "handled")


def test_a_copy_that_arrives_while_the_first_is_handled_is_deferred(kit: Receiver) -> None:
    inner: list[Answer] = []
    outer = _answer(kit, lambda event: inner.append(_answer(kit, inner.append)))
    assert outer == Answer(200, "handled")
    (deferred,) = inner
    assert deferred.status == 503
    assert deferred.text.startswith("in_progress: ")


def test_a_refusal_is_answered_and_no_work_is_done(kit: Receiver) -> None:
    done: list[Event] = []
    answer = _answer(kit, done.append, signed(notification(), key=rsa_key("stranger")))
    assert answer.status == 403
    assert answer.text.startswith("signature_mismatch: ")
    assert done == []


def test_a_handshake_is_answered(kit: Receiver, web: Web) -> None:
    assert _answer(kit, pytest.fail, signed(confirmation())) == Answer(200, "confirmed")
    assert web.visited == [CERTIFICATE_URL, subscribe_url()]
    farewell = signed(confirmation(Type="UnsubscribeConfirmation"))
    assert _answer(kit, pytest.fail, farewell) == Answer(200, "unsubscribed")
    assert web.visited == [CERTIFICATE_URL, subscribe_url()]


def test_receive_claims_until_settled_or_released(kit: Receiver) -> None:
    message = signed(notification())
    received = kit.receive(HOOK_URL, headers_of(message), body_of(message))
    assert isinstance(received, Delivered)
    assert not received.duplicate
    with pytest.raises(TemporaryFailure, match="in_progress"):
        kit.receive(HOOK_URL, headers_of(message), body_of(message))
    kit.release(received.event)
    again = kit.receive(HOOK_URL, headers_of(message), body_of(message))
    assert again == received
    kit.settle(received.event)
    last = kit.receive(HOOK_URL, headers_of(message), body_of(message))
    assert isinstance(last, Delivered)
    assert last.duplicate


def test_an_event_without_a_use_is_not_claimed(kit: Receiver) -> None:
    message = signed(notification(Message=event_text(data="text")))
    for _ in range(2):
        assert _answer(kit, pytest.fail, message).status == 422


def test_headers_come_as_pairs_too(kit: Receiver) -> None:
    message = signed(notification())
    headers = Message()
    for name, value in headers_of(message).items():
        headers[name] = value
    headers["X-Forwarded-For"] = "192.0.2.1"
    headers["X-Forwarded-For"] = "192.0.2.2"
    assert isinstance(kit.receive(HOOK_URL, headers.items(), body_of(message)), Delivered)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_header_of_two_values_is_refused(kit: Receiver, turn: int) -> None:
    message = signed(notification())
    pairs = [*headers_of(message).items(), ("X-Amz-Sns-Topic-Arn", "another")][::turn]
    with pytest.raises(receiver.MalformedRequest, match="header_mismatch"):
        kit.receive(HOOK_URL, pairs, body_of(message))


def test_everything_public_is_there() -> None:
    assert all(hasattr(receiver, name) for name in receiver.__all__)
