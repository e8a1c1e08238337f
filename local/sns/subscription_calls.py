"""The calls on subscriptions that MiniStack answers otherwise than AWS: those with an HTTP(S) endpoint.

Each takes and returns what MiniStack's own function does, and leaves to it what was right.
"""

from __future__ import annotations

import json
import time

from ministack.core.responses import get_account_id
from ministack.services.sns import _get_subscription_attributes as stock_get_subscription_attributes
from ministack.services.sns import _get_topic as get_topic
from ministack.services.sns import _list_subscriptions as stock_list_subscriptions
from ministack.services.sns import _list_subscriptions_by_topic as stock_list_subscriptions_by_topic
from ministack.services.sns import _set_subscription_attributes as stock_set_subscription_attributes
from ministack.services.sns import _sub_arn_to_topic as topic_by_subscription_arn
from ministack.services.sns import _subscribe as stock_subscribe
from ministack.services.sns import _topics as topics
from ministack.services.sns import _unsubscribe as stock_unsubscribe

from local.sns import subscriptions
from local.sns.api_request import (
    Parameters,
    Response,
    answer_with_subscription,
    answering_errors,
    is_signed,
    read_attributes,
    read_flag,
    read_text,
    read_topic_arn,
)
from local.sns.errors import invalid_parameter
from local.sns.policy import effective_subscription_policy
from local.sns.policy_rules import parse_subscription_policy, parse_topic_policy
from local.sns.runtime import find_subscription, find_topic, get_dispatcher
from local.sns.subscriptions import HTTP_PROTOCOLS, NewSubscription, Subscription, Topic


@answering_errors
def subscribe(params: Parameters) -> Response:
    """Subscribe an endpoint, and ask an unconfirmed one to confirm."""
    response: Response
    protocol = read_text(params, "Protocol")
    if protocol not in HTTP_PROTOCOLS:
        response = stock_subscribe(params)
        return response
    topic, response = get_topic(read_text(params, "TopicArn"), "sns:Subscribe")
    if topic is None:
        return response
    wish = NewSubscription(
        protocol=protocol,
        endpoint=read_text(params, "Endpoint"),
        owner=get_account_id(),
        attributes=read_attributes(params),
    )
    subscription, token = subscriptions.subscribe(topic, wish, time.time())
    topic_by_subscription_arn[subscription["arn"]] = topic["arn"]
    if token is not None:
        get_dispatcher().ask_to_confirm(topic, subscription, token)
    hidden = token is not None and not read_flag(params, "ReturnSubscriptionArn")
    return answer_with_subscription("Subscribe", "pending confirmation" if hidden else subscription["arn"])


@answering_errors
def confirm_subscription(params: Parameters) -> Response:
    """Confirm the subscription of a token."""
    topic = find_topic(read_topic_arn(params))
    if topic is None:
        raise invalid_parameter("TopicArn")
    subscription = subscriptions.confirm(
        topic,
        read_text(params, "Token"),
        time.time(),
        signed=is_signed(),
        authenticate_on_unsubscribe=read_flag(params, "AuthenticateOnUnsubscribe"),
    )
    topic_by_subscription_arn[subscription["arn"]] = topic["arn"]
    return answer_with_subscription("ConfirmSubscription", subscription["arn"])


@answering_errors
def unsubscribe(params: Parameters) -> Response:
    """End a subscription, and tell its endpoint unless the owner did it."""
    subscription = find_subscription(read_text(params, "SubscriptionArn"))
    topic = None if subscription is None else find_topic(subscription["topic_arn"])
    if subscription is not None and topic is not None and subscription["protocol"] in HTTP_PROTOCOLS:
        token = subscriptions.unsubscribe(topic, subscription, time.time(), signed=is_signed())
        if token is not None:
            get_dispatcher().tell_unsubscribed(topic, subscription, token)
    response: Response = stock_unsubscribe(params)
    return response


def list_subscriptions(params: Parameters) -> Response:
    """List the account's subscriptions, the unconfirmed ones without their ARN."""
    return _hide_pending(stock_list_subscriptions(params), list(topics.values()))


def list_subscriptions_by_topic(params: Parameters) -> Response:
    """List a topic's subscriptions, the unconfirmed ones without their ARN."""
    topic = find_topic(read_topic_arn(params))
    return _hide_pending(stock_list_subscriptions_by_topic(params), [topic] if topic else [])


def get_subscription_attributes(params: Parameters) -> Response:
    """Return a subscription's attributes with the delivery policy that is in force."""
    subscription = find_subscription(read_text(params, "SubscriptionArn"))
    if subscription is not None and subscription["protocol"] in HTTP_PROTOCOLS:
        subscription["attributes"]["EffectiveDeliveryPolicy"] = json.dumps(_effective_policy(subscription))
    response: Response = stock_get_subscription_attributes(params)
    return response


@answering_errors
def set_subscription_attributes(params: Parameters) -> Response:
    """Set a subscription's attribute, unless SNS would refuse it."""
    subscriptions.check_attribute(read_text(params, "AttributeName"), read_text(params, "AttributeValue"))
    response: Response = stock_set_subscription_attributes(params)
    return response


def _effective_policy(subscription: Subscription) -> dict[str, object]:
    topic = find_topic(subscription["topic_arn"])
    topic_policy = topic["attributes"].get("DeliveryPolicy", "") if topic else ""
    return effective_subscription_policy(
        parse_topic_policy(topic_policy),
        parse_subscription_policy(subscription["attributes"].get("DeliveryPolicy", "")),
    )


def _hide_pending(response: Response, listed_topics: list[Topic]) -> Response:
    status, headers, body = response
    for topic in listed_topics:
        for subscription in topic["subscriptions"]:
            if not subscription["confirmed"]:
                body = body.replace(subscription["arn"].encode(), b"PendingConfirmation")
    return status, headers, body
