"""The calls on subscriptions that MiniStack answers otherwise than AWS: those with an HTTP(S) endpoint.

Each takes and returns what MiniStack's own function does, and leaves to it what was right.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from ministack.core.iam_evaluator import caller_arn
from ministack.core.responses import get_account_id
from ministack.services.sns import _list_subscriptions_by_topic as stock_list_subscriptions_by_topic
from ministack.services.sns import _sub_arn_to_topic as topic_by_subscription_arn
from ministack.services.sns import _subscribe as stock_subscribe
from ministack.services.sns import _unsubscribe as stock_unsubscribe

from local.emulated_clock import read_clock
from local.sns import subscriptions
from local.sns.api_request import (
    Parameters,
    Response,
    answer_with_attributes,
    answer_with_nothing,
    answer_with_subscription,
    answering_errors,
    is_signed,
    read_attributes,
    read_flag,
    read_text,
    read_topic_arn,
)
from local.sns.arns import check_subscription_arn, check_topic_arn, subscription_not_found
from local.sns.errors import invalid_parameter
from local.sns.reachability import check_reachable
from local.sns.runtime import find_subscription, find_topic, get_dispatcher
from local.sns.subscription_attributes import change_attributes, make_attributes, read_back
from local.sns.subscriptions import HTTP_PROTOCOLS, NewSubscription, Subscription, Topic
from local.sns.topic_calls import get_topic

# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
_PROTOCOLS = HTTP_PROTOCOLS | {
    "application",
    "email",
    "email-json",
    "firehose",
    "lambda",
    "sms",
    "sqs",
}


@answering_errors
def subscribe(params: Parameters) -> Response:
    """Subscribe an endpoint, and ask an unconfirmed one to confirm."""
    topic, refusal = get_topic(read_text(params, "TopicArn"), "sns:Subscribe")
    if topic is None or refusal is not None:
        return cast("Response", refusal)
    protocol, endpoint = read_text(params, "Protocol"), read_text(params, "Endpoint")
    if protocol not in _PROTOCOLS:
        raise invalid_parameter(f"Amazon SNS does not support this protocol string: {protocol}")
    if protocol not in HTTP_PROTOCOLS:
        return _subscribe_other(params, topic, protocol, endpoint)
    wish = NewSubscription(
        protocol=protocol,
        endpoint=endpoint,
        owner=get_account_id(),
        principal=caller_arn(),
        attributes=read_attributes(params),
    )
    if urlsplit(endpoint).scheme == protocol:
        check_reachable(endpoint)
    subscription, token = subscriptions.subscribe(topic, wish, read_clock().now())
    topic_by_subscription_arn[subscription["arn"]] = topic["arn"]
    if token is not None:
        get_dispatcher().ask_to_confirm(topic, subscription, token)
    hidden = token is not None and not read_flag(params, "ReturnSubscriptionArn")
    return answer_with_subscription("Subscribe", "pending confirmation" if hidden else subscription["arn"])


@answering_errors
def confirm_subscription(params: Parameters) -> Response:
    """Confirm the subscription of a token."""
    topic = _topic_to_confirm(params)
    subscription = subscriptions.confirm(
        topic, read_text(params, "Token"), read_clock().now(), signed=is_signed()
    )
    topic_by_subscription_arn[subscription["arn"]] = topic["arn"]
    return answer_with_subscription("ConfirmSubscription", subscription["arn"])


@answering_errors
def unsubscribe(params: Parameters) -> Response:
    """End a subscription, and notify its endpoint unless the owner ended it."""
    subscription_arn = read_text(params, "SubscriptionArn")
    check_subscription_arn(subscription_arn)
    subscription = find_subscription(subscription_arn)
    topic = None if subscription is None else find_topic(subscription["topic_arn"])
    if subscription is not None and topic is not None and subscription["protocol"] in HTTP_PROTOCOLS:
        token = subscriptions.unsubscribe(topic, subscription, read_clock().now(), signed=is_signed())
        if token is not None:
            get_dispatcher().confirm_unsubscribed(topic, subscription, token)
    response: Response = stock_unsubscribe(params)
    return response


def list_subscriptions_by_topic(params: Parameters) -> Response:
    """List a topic's subscriptions, the unconfirmed ones without their ARN."""
    topic = find_topic(read_topic_arn(params))
    status, headers, body = stock_list_subscriptions_by_topic(params)
    for subscription in topic["subscriptions"] if topic else []:
        if not subscription["confirmed"]:
            body = body.replace(subscription["arn"].encode(), b"PendingConfirmation")
    return status, headers, body


@answering_errors
def get_subscription_attributes(params: Parameters) -> Response:
    """Return a subscription's attributes as SNS reads them back."""
    attributes = read_back(_existing_subscription(params)["attributes"])
    return answer_with_attributes("GetSubscriptionAttributes", attributes)


@answering_errors
def set_subscription_attributes(params: Parameters) -> Response:
    """Set a subscription's attribute, unless SNS would refuse it."""
    subscription = _existing_subscription(params)
    changes = {read_text(params, "AttributeName"): read_text(params, "AttributeValue")}
    subscription["attributes"] = change_attributes(subscription["attributes"], changes)
    return answer_with_nothing("SetSubscriptionAttributes")


def _subscribe_other(params: Parameters, topic: Topic, protocol: str, endpoint: str) -> Response:
    """Let MiniStack subscribe another kind of endpoint, with the attributes as SNS keeps them."""
    chosen = make_attributes({}, read_attributes(params))
    response: Response = stock_subscribe(params)
    for subscription in topic["subscriptions"]:
        attributes = subscription["attributes"]
        if (subscription["protocol"], subscription["endpoint"]) == (protocol, endpoint) and (
            "SubscriptionPrincipal" not in attributes
        ):
            for name in read_attributes(params):
                attributes.pop(name, None)
            attributes.update(chosen, SubscriptionPrincipal=caller_arn())
            attributes.setdefault("RawMessageDelivery", "false")
    return response


def _topic_to_confirm(params: Parameters) -> Topic:
    """Return the topic of a ConfirmSubscription call.

    AWS names the topic where a wrong SubscribeURL was opened, and the token in the response to an API call.
    """
    topic_arn = read_topic_arn(params)
    if is_signed():
        check_topic_arn(topic_arn)
    topic = find_topic(topic_arn)
    if topic is None:
        raise invalid_parameter("Token" if is_signed() else "Topic")
    return topic


def _existing_subscription(params: Parameters) -> Subscription:
    subscription_arn = read_text(params, "SubscriptionArn")
    check_subscription_arn(subscription_arn)
    subscription = find_subscription(subscription_arn)
    if subscription is None:
        raise subscription_not_found()
    return subscription
