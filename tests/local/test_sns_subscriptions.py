from __future__ import annotations

import json

import pytest

from local.sns.errors import SnsError
from local.sns.subscriptions import (
    TOKEN_LIFE_SECONDS,
    NewSubscription,
    confirm,
    find,
    subscribe,
    unsubscribe,
)
from tests.support.sns import TOPIC_ARN

NOW = 1_000_000.0
URL = "https://client.example/hook"
PRINCIPAL = "arn:aws:iam::123456789012:role/api"


@pytest.fixture
def topic():
    return {"arn": TOPIC_ARN, "attributes": {}, "subscriptions": []}


def wish(endpoint=URL, protocol="https", **attributes):
    return NewSubscription(
        protocol=protocol, endpoint=endpoint, owner="123456789012", principal=PRINCIPAL, attributes=attributes
    )


def confirm_now(topic, token, now=NOW, *, signed=False):
    return confirm(topic, token, now, signed=signed)


def test_a_new_subscription_is_pending(topic):
    subscription, token = subscribe(topic, wish(RawMessageDelivery="true"), NOW)

    assert token
    assert topic["subscriptions"] == [subscription]
    assert subscription["arn"].startswith(f"{TOPIC_ARN}:")
    assert not subscription["confirmed"]
    assert subscription["attributes"] == {
        "SubscriptionArn": subscription["arn"],
        "TopicArn": TOPIC_ARN,
        "Protocol": "https",
        "Endpoint": URL,
        "Owner": "123456789012",
        "ConfirmationWasAuthenticated": "false",
        "PendingConfirmation": "true",
        "RawMessageDelivery": "true",
        "SubscriptionPrincipal": PRINCIPAL,
    }


@pytest.mark.parametrize("signed", [False, True])
def test_a_token_confirms(topic, signed):
    subscription, token = subscribe(topic, wish(), NOW)

    assert confirm_now(topic, token, signed=signed) is subscription
    assert subscription["confirmed"]
    assert subscription["attributes"]["PendingConfirmation"] == "false"
    assert subscription["attributes"]["ConfirmationWasAuthenticated"] == str(signed).lower()


def test_confirming_twice_changes_nothing(topic):
    subscription, token = subscribe(topic, wish(), NOW)
    confirm_now(topic, token)

    assert confirm_now(topic, token, signed=True) is subscription
    assert subscription["attributes"]["ConfirmationWasAuthenticated"] == "false"


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_wrong_token_is_refused(topic, token):
    subscribe(topic, wish(), NOW)

    with pytest.raises(SnsError, match=r"^Invalid parameter: Token$") as refusal:
        confirm_now(topic, token)
    assert refusal.value.code == "InvalidParameter"


def test_a_token_dies_after_two_days(topic):
    _, token = subscribe(topic, wish(), NOW)

    with pytest.raises(SnsError, match="Token"):
        confirm_now(topic, token, NOW + TOKEN_LIFE_SECONDS)
    assert confirm_now(topic, token, NOW + TOKEN_LIFE_SECONDS - 1)["confirmed"]


def test_an_unconfirmed_endpoint_gets_a_new_token_each_time(topic):
    first, first_token = subscribe(topic, wish(), NOW)
    second, second_token = subscribe(topic, wish(), NOW + TOKEN_LIFE_SECONDS)

    assert first is second
    assert first_token != second_token
    assert confirm_now(topic, second_token, NOW + TOKEN_LIFE_SECONDS) is first


def test_a_confirmed_endpoint_keeps_its_subscription(topic):
    subscription, token = subscribe(topic, wish(), NOW)
    confirm_now(topic, token)

    assert subscribe(topic, wish(), NOW) == (subscription, None)
    assert len(topic["subscriptions"]) == 1


def test_other_endpoints_are_other_subscriptions(topic):
    subscribe(topic, wish(), NOW)
    subscribe(topic, wish(f"{URL}/2"), NOW)

    assert len(topic["subscriptions"]) == 2


def test_the_same_endpoint_with_the_same_attributes_in_other_words(topic):
    subscription, _ = subscribe(topic, wish(FilterPolicy='{"a": ["b"]}'), NOW)

    assert subscribe(topic, wish(FilterPolicy='{"a":["b"]}'), NOW)[0] is subscription


def test_the_same_endpoint_with_other_attributes_is_refused(topic):
    subscribe(topic, wish(FilterPolicy='{"a": ["b"]}'), NOW)

    with pytest.raises(SnsError, match="Subscription already exists with different attributes"):
        subscribe(topic, wish(FilterPolicy='{"a": ["c"]}'), NOW)


@pytest.mark.parametrize(("protocol", "endpoint"), [("https", "http://a.example/"), ("http", "client")])
def test_the_endpoint_must_match_the_protocol(topic, protocol, endpoint):
    with pytest.raises(SnsError, match="Endpoint must match the specified protocol"):
        subscribe(topic, wish(endpoint, protocol), NOW)


def test_a_pending_subscription_cannot_be_deleted(topic):
    subscription, _ = subscribe(topic, wish(), NOW)

    with pytest.raises(SnsError, match="Cannot unsubscribe a subscription that is pending confirmation"):
        unsubscribe(topic, subscription, NOW, signed=True)
    assert find(topic, subscription["arn"]) is subscription


def test_the_owner_ends_a_subscription_in_silence(topic):
    subscription, token = subscribe(topic, wish(), NOW)
    confirm_now(topic, token)

    assert unsubscribe(topic, subscription, NOW, signed=True) is None
    assert find(topic, subscription["arn"]) is None
    with pytest.raises(SnsError, match="Token"):
        confirm_now(topic, token)


def test_anybody_else_ends_it_with_a_way_back(topic):
    subscription, token = subscribe(topic, wish(), NOW)
    confirm_now(topic, token)

    way_back = unsubscribe(topic, subscription, NOW, signed=False)

    assert find(topic, subscription["arn"]) is None
    with pytest.raises(SnsError, match="Token"):
        confirm_now(topic, token)
    assert confirm_now(topic, way_back, signed=True) is subscription
    assert find(topic, subscription["arn"]) is subscription


def test_the_way_back_closes_after_two_days(topic):
    subscription, token = subscribe(topic, wish(), NOW)
    confirm_now(topic, token)
    way_back = unsubscribe(topic, subscription, NOW, signed=False)

    with pytest.raises(SnsError, match="Token"):
        confirm_now(topic, way_back, NOW + TOKEN_LIFE_SECONDS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PendingConfirmation", "false"),
        ("DeliveryPolicy", '{"healthyRetryPolicy": {}}'),
        ("RedrivePolicy", "{}"),
    ],
)
def test_attributes_that_sns_refuses(topic, name, value):
    with pytest.raises(SnsError, match=r"Invalid parameter: Attributes Reason: "):
        subscribe(topic, wish(**{name: value}), NOW)
    assert topic["subscriptions"] == []


def test_attributes_that_sns_takes(topic):
    queue = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:queue"}
    taken = {"RedrivePolicy": json.dumps(queue), "FilterPolicyScope": "MessageBody"}

    subscription, _ = subscribe(topic, wish(**taken, DeliveryPolicy=""), NOW)

    assert taken.items() <= subscription["attributes"].items()
    assert "DeliveryPolicy" not in subscription["attributes"]
