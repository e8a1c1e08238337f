from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.attempt_text import WebhookLabels, answer_text, clock, describe_attempt
from local.attempts import AttemptHistory, LoggedAttempt, read_attempt

# In the past year, so the line shows the date as well unless it is today's.
NOW = datetime.now(UTC).replace(microsecond=0)
EVENT = {
    "id": "event-1",
    "type": "order.paid",
    "subject": "req-1",
    "data": {"reference": "PO-1002"},
}


def logged(**changes: Any) -> LoggedAttempt:
    line = {
        "time": NOW.isoformat(),
        "next_attempt_time": NOW.isoformat(),
        "message_type": "Notification",
        "message_id": "message-1",
        "message": json.dumps(EVENT),
        "endpoint": "http://127.0.0.1:9001/hooks/shop?webhook_id=wh_1",
        "attempt": 2,
        "attempts_planned": 9,
        "status_code": 503,
        "response": "Service Unavailable",
        "verdict": "retry",
        **changes,
    }
    attempt = read_attempt(line)
    assert attempt is not None
    return attempt


def described(attempt: LoggedAttempt, publication: int = 0, redeliveries: int = 6) -> str:
    return describe_attempt(attempt, "shop :9001", publication=publication, redeliveries=redeliveries)


def test_a_line_names_order_client_webhook_and_the_attempt_of_how_many() -> None:
    line = described(logged())
    assert line == f"{clock(NOW)}  PO-1002 → shop :9001  attempt 2 of 9: 503, next at {clock(NOW)}"
    assert len(line) <= 78


@pytest.mark.parametrize(
    ("changes", "publication", "end"),
    [
        ({"verdict": "failed"}, 0, "attempt 2 of 9: 503, SNS stops; redelivery follows"),
        ({"verdict": "failed"}, 5, "redelivery 5, attempt 2 of 9: 503, SNS stops; redelivery follows"),
        ({"verdict": "failed"}, 6, "redelivery 6, attempt 2 of 9: 503, SNS stops"),
        ({"verdict": "delivered", "status_code": 200}, 1, "redelivery 1, attempt 2 of 9: 200"),
        ({"verdict": "delivered", "status_code": 404}, 0, "404, which SNS counts as delivered"),
        ({"verdict": "rejected", "status_code": 404}, 0, "404, the last; no dead letter"),
        (
            {"verdict": "failed", "status_code": None, "response": "Connection refused"},
            0,
            "refused, SNS stops",
        ),
    ],
)
def test_the_end_of_a_line_says_what_follows(changes: dict[str, Any], publication: int, end: str) -> None:
    line = described(logged(next_attempt_time=None, **changes), publication)
    assert end in line
    assert line.endswith(end) or publication == 0


def test_a_handshake_shows_why_it_was_refused() -> None:
    refused = logged(
        message_type="SubscriptionConfirmation",
        message="You have chosen to subscribe",
        status_code=403,
        response="topic_not_allowed: The topic 'a'\nis not in topic_arns: 'b'.",
        next_attempt_time=None,
        verdict="failed",
    )
    assert "handshake → shop :9001  attempt 2 of 9: 403" in described(refused)
    # A handshake that is asked for again is no redelivery of an event.
    assert described(refused, publication=1) == described(refused)
    assert answer_text(refused) == "topic_not_allowed: The topic 'a' is not in topic_arns: 'b'."
    assert answer_text(logged()) == ""
    assert answer_text(logged(response="\x1b[2J")) == r"\x1b[2J"


def test_what_ends_a_subscription_is_no_attempt_to_show() -> None:
    line = {"message_type": "UnsubscribeConfirmation"}
    assert read_attempt(line) is None


def test_a_message_that_is_no_event_is_shown_nevertheless() -> None:
    for message in ("not JSON", "[1]", '{"data": []}'):
        assert "shop :9001" in described(logged(message=message))


def test_publications_of_one_event_to_one_webhook_are_counted() -> None:
    history = AttemptHistory()
    other = "http://127.0.0.1:9002/"
    assert history.add(logged()) == 0
    assert history.add(logged(attempt=3)) == 0
    assert history.add(logged(message_id="message-2", endpoint=other)) == 0
    assert history.add(logged(message_id="message-3")) == 1
    assert [each.number for each in history.of_order("req-1", "http://127.0.0.1:9001/hooks/shop")] == [
        2,
        3,
        2,
    ]


def test_two_webhooks_never_have_one_name() -> None:
    labels = WebhookLabels()
    labels.add("http://127.0.0.1:9001/a?x=1", "shop")
    labels.add("http://127.0.0.1:9001/b", "shop")
    labels.add("https://shop.example/hooks", "shop")
    assert labels.of("http://127.0.0.1:9001/a") == "shop :9001"
    assert labels.of("http://127.0.0.1:9001/b") == "shop :9001/b"
    assert labels.of("https://shop.example/hooks") == "shop shop.example"
    assert labels.of("https://elsewhere.example/") == "https://elsewhere.example/"
