"""The failure this guards against: a receiver of one's own that can never be registered.

It needs the laptop's `receiver.json` to start, and SNS subscribes nothing that does not answer.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from local import own_webhooks
from local.api_calls import JourneyError
from local.attempts import AttemptHistory, LoggedAttempt
from local.laptop_options import OwnWebhook
from local.loopback import bind_loopback
from local.own_webhooks import WEBHOOK_IDS, OwnWebhooks
from local.screen import Screen
from tests.support.waiting import wait_for

API = "http://127.0.0.1:9/api"


class Api:
    """What a registration answers, and what was asked for."""

    def __init__(self) -> None:
        self.registered: list[str] = []
        self.refusal: str | None = None
        self.refused: set[str] = set()

    def register(self, api_endpoint: str, url: str, client_id: str) -> str:
        assert (api_endpoint, client_id) == (API, "shop")
        if self.refusal:
            raise JourneyError(self.refusal)
        self.registered.append(url)
        return f"wh_{len(set(self.registered))}"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api()
    monkeypatch.setattr(own_webhooks, "register", api.register)
    monkeypatch.setattr(own_webhooks, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(own_webhooks, "_AGAIN_SECONDS", 0.0)
    return api


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def own(tmp_path: Path, api: Api, shown: io.StringIO) -> Iterator[OwnWebhooks]:
    (tmp_path / WEBHOOK_IDS).write_text("wh_of_an_earlier_run\n")
    own = OwnWebhooks(API, tmp_path, Screen(Console(file=shown, width=80)), api.refused.__contains__)
    yield own
    own.stop()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with bind_loopback() as listener:
        yield listener


def webhook_of(port: int) -> OwnWebhook:
    return OwnWebhook(client_id="shop", url=f"http://127.0.0.1:{port}/hooks")


def test_a_receiver_that_answers_is_registered_at_once(
    own: OwnWebhooks, api: Api, listener: socket.socket, tmp_path: Path
) -> None:
    webhook = webhook_of(listener.getsockname()[1])
    own.register(webhook)
    assert api.registered == [webhook.url]
    assert (tmp_path / WEBHOOK_IDS).read_text() == "wh_1\n"


def test_a_receiver_that_starts_later_is_registered_then(
    own: OwnWebhooks, api: Api, tmp_path: Path, shown: io.StringIO
) -> None:
    with bind_loopback() as free:
        port = free.getsockname()[1]
    own.register(webhook_of(port))
    assert "waiting for http://127.0.0.1" in shown.getvalue()
    assert not api.registered
    assert not (tmp_path / WEBHOOK_IDS).read_text()
    with bind_loopback(port):
        assert wait_for((tmp_path / WEBHOOK_IDS).read_text) == "wh_1\n"
        wait_for(lambda: "wh_1" in shown.getvalue())
    assert api.registered == [webhook_of(port).url]


def test_a_refused_registration_is_shown_and_everything_else_goes_on(
    own: OwnWebhooks, api: Api, listener: socket.socket, tmp_path: Path, shown: io.StringIO
) -> None:
    api.refusal = "409 too many unconfirmed subscriptions"
    own.register(webhook_of(listener.getsockname()[1]))
    assert "too many unconfirmed" in shown.getvalue()
    assert not (tmp_path / WEBHOOK_IDS).read_text()


def test_a_receiver_that_refused_its_handshake_is_registered_again(
    own: OwnWebhooks, api: Api, listener: socket.socket, tmp_path: Path, shown: io.StringIO
) -> None:
    webhook = webhook_of(listener.getsockname()[1])
    api.refused.add(webhook.url)
    own.register(webhook)
    wait_for(lambda: len(api.registered) > 1)
    wait_for(lambda: "is asked again to confirm" in shown.getvalue())
    assert (tmp_path / WEBHOOK_IDS).read_text() == "wh_1\n"


def test_a_handshake_is_refused_when_sns_does_not_repeat_it() -> None:
    def handshake(number: int, status: int, *, is_last: bool = False) -> LoggedAttempt:
        at = datetime(2026, 11, 27, tzinfo=UTC)
        return LoggedAttempt(
            at=at,
            next_at=None if is_last else at,
            message_type="SubscriptionConfirmation",
            message_id=f"m-{number}",
            url="http://127.0.0.1:9001/hooks",
            number=number,
            planned=9,
            status=status,
            response="",
            verdict="",
            event_id="",
            event_type="",
            request_id="",
            reference="",
        )

    history = AttemptHistory()
    expected = [(handshake(1, 503), False), (handshake(2, 403, is_last=True), True)]
    expected.append((handshake(3, 200, is_last=True), False))
    url = "http://127.0.0.1:9001/hooks"
    assert not history.is_handshake_refused(url)
    for attempt, is_refused in expected:
        history.add(attempt)
        assert history.is_handshake_refused(url) is is_refused
        assert not history.is_handshake_refused("http://127.0.0.1:9002/hooks")
