"""The webhook that answers with the status in its path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.adapters import aws
from functions.handlers import diagnostics
from tests.support.http_events import http_event

TOKEN = "d1a6"
CONFIRMATION = {"Type": "SubscriptionConfirmation", "MessageId": "m-1", "Token": "t-1"}


@pytest.fixture(autouse=True)
def deployed(cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("TOPIC_ARN", cloud.topic_arn)
    monkeypatch.setenv("TOPIC_NAMES", cloud.topic_arn.rpartition(":")[2])


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What SNS is asked to confirm: moto has no tokens."""
    calls: list[dict[str, str]] = []
    monkeypatch.setattr(aws.sns(), "confirm_subscription", lambda **arguments: calls.append(arguments))
    return calls


def call(context, status: str, body: Any = None, token: str = TOKEN) -> dict[str, Any]:
    event = http_event(
        path=f"/diagnostics/{token}/{status}", body=body, path_parameters={"token": token, "status": status}
    )
    event["queryStringParameters"] = {"webhook_id": "wh_1", "run": "1"}
    return diagnostics.handle(event, context)


@pytest.mark.parametrize("status", [200, 301, 404, 429, 503])
def test_a_notification_is_answered_with_the_status_and_logged(context, log_lines, status: int) -> None:
    reply = call(context, str(status), {"Type": "Notification", "MessageId": "m-1"})
    assert reply["statusCode"] == status
    assert reply["headers"].get("location") == (f"/diagnostics/{TOKEN}/200" if status == 301 else None)
    (line,) = log_lines()
    named = ("sns_message_id", "sns_message_type", "webhook_id", "status")
    assert [line[name] for name in named] == ["m-1", "Notification", "wh_1", status]


def test_without_an_answer_sns_stops_waiting(context, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(diagnostics.time, "sleep", slept.append)
    assert call(context, "none", {"Type": "Notification", "MessageId": "m-1"})["statusCode"] == 200
    assert slept[0] > 15


def test_the_answer_has_the_status_as_it_arrived(context) -> None:
    reply = call(context, "%320%30")
    assert (reply["statusCode"], json.loads(reply["body"])) == (200, {"status_parameter": "%320%30"})


@pytest.mark.parametrize("status", ["200", "503", "none"])
def test_a_handshake_is_confirmed_whatever_the_status(context, cloud, confirmed, status: str) -> None:
    reply = call(context, status, {**CONFIRMATION, "TopicArn": cloud.topic_arn})
    assert reply["statusCode"] == 200
    assert confirmed == [{"TopicArn": cloud.topic_arn, "Token": "t-1"}]


@pytest.mark.parametrize(
    "confirmation",
    [
        {**CONFIRMATION, "TopicArn": "arn:aws:sns:eu-west-1:999999999999:other"},
        CONFIRMATION,
        {**CONFIRMATION, "Token": 1},
    ],
)
def test_another_topic_is_not_confirmed(context, cloud, confirmed, confirmation) -> None:
    if confirmation.get("Token") == 1:
        confirmation = {**confirmation, "TopicArn": cloud.topic_arn}
    assert call(context, "200", confirmation)["statusCode"] == 400
    assert confirmed == []


@pytest.mark.parametrize(
    ("status", "token"), [("418", TOKEN), ("abc", TOKEN), ("200", "guess"), ("200", "é")]
)
def test_an_unknown_status_or_token_is_a_404(context, confirmed, status: str, token: str) -> None:
    assert call(context, status, {**CONFIRMATION}, token)["statusCode"] == 404
    assert confirmed == []


@pytest.mark.parametrize("body", [None, "", "no JSON", "[]", "7"])
def test_a_body_that_is_no_message_of_sns_is_answered_alike(context, body) -> None:
    assert call(context, "503", body)["statusCode"] == 503
