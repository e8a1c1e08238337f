"""The faults of MiniStack's own SNS: a test that fails here says that a part of ours can go."""

from __future__ import annotations

import json

import pytest

from tests.support.emulator import new_name
from tests.support.sns import loopback_endpoint, retry_policy
from tests.support.waiting import wait_for


@pytest.fixture
def sns(stock):
    return stock.client("sns")


@pytest.fixture
def topic_arn(sns):
    return sns.create_topic(Name=new_name("topic"))["TopicArn"]


@pytest.fixture
def endpoint():
    with loopback_endpoint() as endpoint:
        yield endpoint


def subscribe(sns, topic_arn, endpoint, **attributes):
    sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=endpoint.url, Attributes=attributes)
    return sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"][0]["SubscriptionArn"]


def confirm(sns, topic_arn, endpoint):
    (confirmation,) = wait_for(lambda: endpoint.of_kind("SubscriptionConfirmation"))
    sns.confirm_subscription(TopicArn=topic_arn, Token=confirmation.json["Token"])
    return confirmation


def test_a_notification_is_not_signed_and_has_no_headers(sns, topic_arn, endpoint):
    subscribe(sns, topic_arn, endpoint)
    confirm(sns, topic_arn, endpoint)
    sns.publish(TopicArn=topic_arn, Message="hello")

    (notification,) = wait_for(lambda: endpoint.of_kind("Notification"))
    assert notification.json["Signature"] == "FAKE"
    assert "x-amz-sns-message-id" not in notification.headers


def test_a_token_works_once(sns, topic_arn, endpoint):
    subscribe(sns, topic_arn, endpoint)
    confirmation = confirm(sns, topic_arn, endpoint)

    with pytest.raises(sns.exceptions.ClientError, match="Invalid token"):
        sns.confirm_subscription(TopicArn=topic_arn, Token=confirmation.json["Token"])


def test_a_pending_subscription_has_an_arn_in_lists_but_not_where_it_is_asked_for(sns, topic_arn, endpoint):
    arn = subscribe(sns, topic_arn, endpoint)

    assert arn.startswith(topic_arn)
    assert arn in [one["SubscriptionArn"] for one in sns.list_subscriptions()["Subscriptions"]]
    with loopback_endpoint() as other:
        answer = sns.subscribe(
            TopicArn=topic_arn, Protocol="http", Endpoint=other.url, ReturnSubscriptionArn=True
        )
    assert answer["SubscriptionArn"] == "pending confirmation"


def test_a_pending_subscription_can_be_deleted(sns, topic_arn, endpoint):
    sns.unsubscribe(SubscriptionArn=subscribe(sns, topic_arn, endpoint))

    assert sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"] == []


def test_policies_are_not_checked(sns, topic_arn, endpoint):
    nonsense = json.dumps({"healthyRetryPolicy": retry_policy(numRetries=101)})
    sns.create_topic(Name=new_name("topic"), Attributes={"DeliveryPolicy": nonsense, "SignatureVersion": "3"})
    arn = subscribe(sns, topic_arn, endpoint)
    sns.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="DeliveryPolicy", AttributeValue=nonsense
    )

    found = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert found["DeliveryPolicy"] == nonsense
