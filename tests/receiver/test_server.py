"""The failure this guards against: the sample server failing otherwise than its option says."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from typing import Any

import pytest

from receiver import SeenInSqlite
from receiver.hooks import Attempt, FailurePlan
from receiver.server import SampleServer, describe

from .https_site import now_shifted
from .posting import control, event_message, post, received, sns_web
from .signing import (
    confirmation,
    event_text,
    make_trust,
    notification,
    signed,
    sns_time,
)


def test_an_event_is_received_once(server: SampleServer, attempts: list[Attempt]) -> None:
    assert post(server, event_message()) == (200, "handled")
    assert post(server, event_message(MessageId="another")) == (200, "duplicate")
    journal = received(server)
    assert [event["id"] for event in journal["events"]] == ["evt-1"]
    assert journal["events"][0]["data"]["total_amount"] == 9990
    assert journal["counts"] == {"handled": 1, "duplicate": 1}
    assert [(a.number, a.outcome, a.message_id) for a in attempts] == [
        (1, "handled", notification()["MessageId"]),
        (2, "duplicate", "another"),
    ]
    assert journal["attempts"][0]["event_type"] == "order.paid"
    assert journal["attempts"][0]["subject"] == "req-1"


def test_webhooks_are_apart(server: SampleServer) -> None:
    control(server, hook="audit", status=500)
    assert post(server, event_message())[0] == 200
    assert post(server, event_message(), "audit")[0] == 500
    assert post(server, event_message(), "unknown")[0] == 404
    assert [e["id"] for e in received(server, "orders")["events"]] == ["evt-1"]
    assert received(server, "audit")["events"] == []


def test_a_planned_failure_ends_and_the_retry_is_new(server: SampleServer, attempts: list[Attempt]) -> None:
    assert control(server, status=503, times=2)[0] == 200
    assert [post(server, event_message())[0] for _ in range(4)] == [503, 503, 200, 200]
    assert [(a.number, a.outcome) for a in attempts] == [
        (1, "failed on purpose"),
        (2, "failed on purpose"),
        (3, "handled"),
        (4, "duplicate"),
    ]


def test_a_failure_without_end_lasts_until_it_is_taken_back(server: SampleServer) -> None:
    server.plan(FailurePlan(status=500))
    assert [post(server, event_message())[0] for _ in range(3)] == [500] * 3
    server.hook("orders").plan(FailurePlan())
    assert post(server, event_message()) == (200, "handled")


@pytest.mark.parametrize("status", [204, 302, 404, 410, 429])
def test_any_status_can_be_planned(server: SampleServer, status: int) -> None:
    control(server, status=status, times=1)
    assert post(server, event_message())[0] == status
    assert post(server, event_message()) == (200, "duplicate" if status == 204 else "handled")


def test_a_delivery_can_be_left_without_an_answer(server: SampleServer, attempts: list[Attempt]) -> None:
    control(server, hang_up=True, times=1)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(server, event_message())
    assert (attempts[0].outcome, attempts[0].status) == ("failed on purpose", 0)
    assert post(server, event_message()) == (200, "handled")
    assert control(server, hang_up="yes")[0] == 400


def test_an_answer_can_be_held_back_and_stopping_frees_it(server: SampleServer) -> None:
    control(server, delay_seconds=50, times=1)
    answers: list[tuple[int, str]] = []
    first = threading.Thread(target=lambda: answers.append(post(server, event_message())))
    first.start()
    deadline = time.monotonic() + 30
    while received(server)["plan"]["times"] != 0:
        assert time.monotonic() < deadline, "the first copy has not arrived"
    assert post(server, event_message())[0] == 503, "the first copy is still being handled"
    server.stop()
    first.join(30)
    assert answers == [(200, "handled")]


def test_forged_requests_are_refused_and_listed(server: SampleServer, attempts: list[Attempt]) -> None:
    forged = event_message() | {"Message": event_text("evil")}
    status, text = post(server, forged)
    assert status == 403
    assert text.startswith("signature_mismatch: ")
    assert attempts[0].outcome == "refused"
    assert attempts[0].event_id is None
    assert attempts[0].message_id == forged["MessageId"]
    assert received(server)["events"] == []


def test_the_handshake_is_done(server: SampleServer, attempts: list[Attempt]) -> None:
    server.plan(FailurePlan(status=503))
    message = signed(confirmation(Timestamp=sns_time(now_shifted(0))))
    assert post(server, message) == (200, "confirmed")
    assert attempts[0].outcome == "confirmed"


def test_a_line_for_a_person(server: SampleServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    post(server, event_message())
    assert "orders  <- 200  handled  order.paid for req-1  event evt-1  attempt 1" in caplog.text


def test_a_line_does_not_steer_the_terminal() -> None:
    attempt = Attempt(
        at="", hook="orders", number=1, outcome="handled", status=200, event_id="\x1b[2J", event_type="\n"
    )
    assert describe(attempt).isprintable()


def test_a_callback_that_fails_does_not_harm(caplog: pytest.LogCaptureFixture) -> None:
    def fail(attempt: Attempt) -> None:
        raise RuntimeError("the screen is gone")

    with SampleServer({"orders": make_trust()}, on_attempt=fail, fetch=sns_web()) as server:
        assert post(server, event_message()) == (200, "handled")
    assert "the screen is gone" in caplog.text


def test_a_given_memory_outlives_the_server(tmp_path: Any) -> None:
    for expected in ("handled", "duplicate"):
        with SampleServer(
            {"orders": make_trust()},
            make_seen=lambda hook: SeenInSqlite(tmp_path / f"{hook}.sqlite3"),
            fetch=sns_web(),
        ) as server:
            assert post(server, event_message()) == (200, expected)


def test_names_go_into_paths(server: SampleServer) -> None:
    assert server.hook_url("audit") == f"{server.url}/hooks/audit"
    with pytest.raises(KeyError):
        server.hook_url("unknown")
    with pytest.raises(ValueError, match="cannot stand in a path"):
        SampleServer({"a/b": make_trust()})


def test_stopping_twice_or_unstarted_is_fine() -> None:
    server = SampleServer({"orders": make_trust()})
    server.stop()
    server.stop()
