from __future__ import annotations

import json
from typing import Any

import pytest

from functions.domain.redelivery import UnreadableEnvelope, due_in_seconds, read_envelope
from functions.domain.webhook import Webhook, webhook_id_of
from tests.support.envelopes import envelope


def test_the_event_goes_to_its_webhook_alone_under_the_same_id() -> None:
    event = read_envelope(envelope(redelivery=2), replayed=False)
    again = event.again()
    assert event.subscription_arn == "arn:aws:sns:eu-west-1:123456789012:order-events:sub-1"
    assert again.id == "event-1"
    assert again.message() == json.dumps(event.document, separators=(",", ":"))


def test_a_replay_begins_the_schedule_anew() -> None:
    assert read_envelope(envelope(redelivery=6), replayed=True).redeliveries == 0
    assert read_envelope(envelope(), replayed=False).redeliveries == 0


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "{}",
        json.dumps({**json.loads(envelope()), "Message": "{"}),
        json.dumps({**json.loads(envelope()), "Message": "{}"}),
        json.dumps({**json.loads(envelope()), "UnsubscribeURL": "https://sns/?Action=Unsubscribe"}),
        json.dumps({**json.loads(envelope()), "MessageAttributes": {}}),
        envelope(redelivery="many"),
    ],
)
def test_what_is_not_an_envelope_of_ours_is_said_to_be_so(body: str) -> None:
    with pytest.raises(UnreadableEnvelope):
        read_envelope(body, replayed=False)


@pytest.mark.parametrize(
    ("redeliveries", "waited", "expected"),
    [(0, 0, 7200), (0, 7000, 200), (0, 7200, 0), (0, 9999, 0), (1, 0, 18000), (2, 0, None), (9, 0, None)],
)
def test_an_event_is_due_after_its_delay_and_given_up_after_the_last(redeliveries, waited, expected) -> None:
    event = read_envelope(envelope(redelivery=redeliveries), replayed=False)
    assert due_in_seconds(event, [7200, 18000], undelivered_for_seconds=waited) == expected


def webhook(**changes: Any) -> Webhook:
    return Webhook(
        **{
            "client_id": "shop",
            "webhook_id": "wh_1",
            "url": "https://shop.example/hook?a=1",
            "event_types": ["order.paid"],
            **changes,
        }
    )


def test_a_url_is_always_the_same_webhook_and_never_anothers() -> None:
    assert webhook_id_of("shop", "https://a.example/") == webhook_id_of("shop", "https://a.example/")
    pairs = [("shop", "https://a.example/"), ("store", "https://a.example/"), ("shop", "https://b.example/")]
    assert len({webhook_id_of(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://shop.example/hook?a=1", "https://shop.example/hook?a=1&webhook_id=wh_1"),
        ("https://shop.example", "https://shop.example?webhook_id=wh_1"),
        ("https://shop.example/hook", "https://shop.example/hook?webhook_id=wh_1"),
    ],
)
def test_two_clients_with_one_url_have_two_subscriptions(url: str, endpoint: str) -> None:
    assert webhook(url=url).endpoint == endpoint


def test_a_webhook_hears_of_its_clients_events_its_tests_and_what_is_meant_for_it() -> None:
    assert webhook().filter_policy == {
        "client_id": ["shop"],
        "event_type": ["order.paid", "webhook.test"],
        "audience": ["all", "wh_1"],
    }


@pytest.mark.parametrize(
    ("failing_until", "pending", "status"),
    [
        (None, True, "pending_confirmation"),
        ("2025-11-25T12:00:00.000Z", True, "pending_confirmation"),
        (None, False, "active"),
        ("2025-11-25T12:00:00.000Z", False, "failing"),
        ("2025-11-25T08:00:00.000Z", False, "active"),
    ],
)
def test_the_status_of_a_webhook(failing_until: str | None, pending: bool, status: str) -> None:
    assert (
        webhook(failing_until=failing_until).status(pending=pending, now="2025-11-25T09:30:00.000Z") == status
    )
