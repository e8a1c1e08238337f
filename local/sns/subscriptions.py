"""The life of an HTTP(S) subscription: pending, confirmed, ended, restored.

The topics and subscriptions are MiniStack's own dictionaries. Of ours they carry `tokens` (token to its
expiry, in seconds since the epoch), and on the topic `ended`, the subscriptions that a token still restores.
"""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from local.sns.errors import SnsError, invalid_parameter
from local.sns.subscription_attributes import make_attributes

Topic = dict[str, Any]
Subscription = dict[str, Any]

HTTP_PROTOCOLS = frozenset({"http", "https"})
# https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
TOKEN_LIFE_SECONDS = 2 * 24 * 3600
_TOKEN = re.compile(r"[0-9a-f]{100,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """The parameters of a Subscribe call."""

    protocol: str
    endpoint: str
    owner: str
    principal: str
    attributes: Mapping[str, str]


def subscribe(topic: Topic, wish: NewSubscription, now: float) -> tuple[Subscription, str | None]:
    """Return the subscription, and the token to send to its endpoint while it is unconfirmed.

    The same endpoint again is the same subscription; an unconfirmed one is sent a new token.
    """
    if urlsplit(wish.endpoint).scheme != wish.protocol:
        raise invalid_parameter("Endpoint must match the specified protocol")
    chosen = make_attributes({}, wish.attributes)
    subscription = _find_equal(topic, wish, chosen)
    if subscription is None:
        subscription = _make(topic, wish, chosen)
        topic["subscriptions"].append(subscription)
    if subscription["confirmed"]:
        return subscription, None
    return subscription, _new_token(subscription, now)


def confirm(topic: Topic, token: str, now: float, *, signed: bool) -> Subscription:
    """Confirm the subscription that the token belongs to, or restore it; twice is no fault."""
    subscription = _find_by_token(topic["subscriptions"], token, now)
    if subscription is None:
        subscription = _find_by_token(topic.get("ended", []), token, now)
        if subscription is None:
            raise _unknown_token(token, signed=signed)
        topic["ended"].remove(subscription)
        topic["subscriptions"].append(subscription)
    if not subscription["confirmed"]:
        subscription["confirmed"] = True
        subscription["attributes"]["PendingConfirmation"] = "false"
        subscription["attributes"]["ConfirmationWasAuthenticated"] = _text(signed)
    return subscription


def unsubscribe(topic: Topic, subscription: Subscription, now: float, *, signed: bool) -> str | None:
    """End a subscription; return the token that restores it where its endpoint is notified.

    SNS notifies the endpoint unless the caller is the owner:
    https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
    """
    if not subscription["confirmed"]:
        raise invalid_parameter(
            "SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation"
        )
    topic["subscriptions"] = [other for other in topic["subscriptions"] if other is not subscription]
    subscription["confirmed"] = False
    subscription["tokens"] = {}
    if signed:
        return None
    topic.setdefault("ended", []).append(subscription)
    return _new_token(subscription, now)


def find(topic: Topic, subscription_arn: str) -> Subscription | None:
    """Return a topic's subscription by its ARN."""
    return next((found for found in topic["subscriptions"] if found["arn"] == subscription_arn), None)


def _find_equal(topic: Topic, wish: NewSubscription, chosen: Mapping[str, str]) -> Subscription | None:
    for existing in topic["subscriptions"]:
        if (existing["protocol"], existing["endpoint"]) != (wish.protocol, wish.endpoint):
            continue
        if any(
            not _same(existing["attributes"].get(name, ""), chosen.get(name, "")) for name in wish.attributes
        ):
            raise invalid_parameter(
                "Attributes Reason: Subscription already exists with different attributes"
            )
        found: Subscription = existing
        return found
    return None


def _same(left: str, right: str) -> bool:
    try:
        return bool(json.loads(left) == json.loads(right))
    except ValueError:
        return left == right


def _make(topic: Topic, wish: NewSubscription, chosen: Mapping[str, str]) -> Subscription:
    arn = f"{topic['arn']}:{uuid.uuid4()}"
    return {
        "arn": arn,
        "protocol": wish.protocol,
        "endpoint": wish.endpoint,
        "confirmed": False,
        "topic_arn": topic["arn"],
        "owner": wish.owner,
        "tokens": {},
        "attributes": {
            "SubscriptionArn": arn,
            "TopicArn": topic["arn"],
            "Protocol": wish.protocol,
            "Endpoint": wish.endpoint,
            "Owner": wish.owner,
            "ConfirmationWasAuthenticated": "false",
            "PendingConfirmation": "true",
            "RawMessageDelivery": "false",
            "SubscriptionPrincipal": wish.principal,
            **chosen,
        },
    }


def _unknown_token(token: str, *, signed: bool) -> SnsError:
    """Return the error for a token of no subscription, as recorded for the API and for the SubscribeURL."""
    if signed and not _TOKEN.fullmatch(token):
        return SnsError("InvalidParameter", "Invalid token", 400)
    return invalid_parameter("Token")


def _new_token(subscription: Subscription, now: float) -> str:
    token = secrets.token_hex(104)
    subscription["tokens"][token] = now + TOKEN_LIFE_SECONDS
    return token


def _find_by_token(subscriptions: list[Subscription], token: str, now: float) -> Subscription | None:
    for subscription in subscriptions:
        if subscription.get("tokens", {}).get(token, now) > now:
            return subscription
    return None


def _text(value: bool) -> str:  # noqa: FBT001 - the value itself, not a switch
    return "true" if value else "false"
