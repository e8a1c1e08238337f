"""Why a webhook is still pending, as far as the service can know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.domain.handshake import explain_handshake, host_problem
from functions.domain.instant import timestamp
from functions.domain.pending_subscription import PendingSubscription

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
ARN = "arn:aws:sns:eu-west-1:123456789012:order-events:1"


def explained(hours: float, problem: str = "") -> str:
    asked = timestamp(NOW - timedelta(hours=hours))
    pending = PendingSubscription(requested_at=asked, subscription_arn=ARN)
    return explain_handshake(ARN, pending, NOW, problem=problem)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.5, "SNS retries for up to an hour"),
        (3, "your server did not answer, answered with an error, or did not visit the SubscribeURL"),
        (50, "within 48 hours, so SNS has deleted the subscription"),
    ],
)
def test_the_time_since_the_confirmation_was_sent_says_what_to_do(hours: float, said: str) -> None:
    text = explained(hours)
    assert said in text
    assert timestamp(NOW - timedelta(hours=hours)) in text
    assert "egister the URL again" in text


def test_a_host_that_does_not_resolve_is_named() -> None:
    def fail(_host: str) -> list[str]:
        raise OSError("no such host")

    problem = host_problem("https://gone.example/hooks?key=hush", fail)
    assert explained(1.5, problem).startswith(
        "The URL has the host gone.example, which DNS does not resolve, so SNS cannot reach it. "
    )
    assert "hush" not in explained(1.5, problem)
    assert host_problem("https://shop.example/", lambda _: ["192.0.2.1"]) == ""
    assert host_problem("https://shop.example/", lambda _: []) != ""


def test_a_host_whose_lookup_takes_too_long_is_not_said_to_have_no_address() -> None:
    def slow(_host: str) -> list[str]:
        raise TimeoutError

    text = explained(1.5, host_problem("https://slow.example/", slow))
    assert "slow.example, whose lookup in DNS did not finish in time" in text
    assert "does not resolve" not in text


def test_a_registration_that_was_cut_off_is_told_apart() -> None:
    assert "was not asked" in explain_handshake(None, None, NOW)
    assert "nobody has visited its SubscribeURL" in explain_handshake(ARN, None, NOW)
