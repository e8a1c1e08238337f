"""The laptop's SNS answers as AWS was recorded to answer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from local.emulator import running_emulator
from tests.support.emulator import new_name
from tests.support.sns import loopback_endpoint
from tests.support.sns_recordings import (
    REFUSED,
    REFUSED_SUBSCRIBE_URLS,
    SUBSCRIPTION_POLICIES,
    TOPIC_POLICIES,
)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    directory = tmp_path_factory.mktemp("sns")
    environment = {"ORDER_WEBHOOKS_SNS_DIRECTORY": str(directory / "authority")}
    with running_emulator(work_directory=directory, extra_environment=environment) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def sns(emulator):
    return emulator.client("sns")


@pytest.fixture(scope="module")
def names(sns):
    """Yield the replacements of the recordings' names."""
    with loopback_endpoint() as endpoint:
        name = new_name("topic")
        topic = sns.create_topic(Name=name)["TopicArn"]
        subscription = sns.subscribe(
            TopicArn=topic, Protocol="http", Endpoint=endpoint.url, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        yield {
            "{topic}": topic,
            "{name}": name,
            "{subscription}": subscription,
            "{endpoint}": endpoint.url,
        }


def fill(value, names):
    if isinstance(value, str):
        for name, filled in names.items():
            value = value.replace(name, filled)
    return value


def attributes_of(sns, subscription_arn):
    return sns.get_subscription_attributes(SubscriptionArn=subscription_arn)["Attributes"]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.name)
def test_what_aws_refuses_is_refused_with_its_code_and_text(sns, names, refused):
    arguments = {name: fill(value, names) for name, value in refused.arguments.items()}
    if refused.name.startswith("filter: "):
        # Another endpoint: the same one again would have other attributes than before.
        arguments["Endpoint"] += "&other"

    with pytest.raises(ClientError) as refusal:
        getattr(sns, refused.method)(**arguments)

    answer = refusal.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (refused.code, refused.text)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == refused.status


@pytest.mark.parametrize(("topic", "token", "text"), REFUSED_SUBSCRIBE_URLS)
def test_a_wrong_subscribe_url(emulator, names, topic, token, text):
    url = f"{emulator.endpoint_url}/?Action=ConfirmSubscription&TopicArn={fill(topic, names)}&Token={token}"

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(url, timeout=30)

    assert f"<Code>InvalidParameter</Code><Message>{text}</Message>" in refusal.value.read().decode()


@pytest.mark.parametrize(("policy", "read"), SUBSCRIPTION_POLICIES)
def test_a_subscriptions_delivery_policy_is_read_with_every_member(sns, names, policy, read):
    sns.set_subscription_attributes(
        SubscriptionArn=names["{subscription}"],
        AttributeName="DeliveryPolicy",
        AttributeValue=json.dumps(policy),
    )

    assert json.loads(attributes_of(sns, names["{subscription}"])["DeliveryPolicy"]) == read


def test_an_empty_delivery_policy_removes_it(sns, names):
    for value in (json.dumps(SUBSCRIPTION_POLICIES[0][0]), ""):
        sns.set_subscription_attributes(
            SubscriptionArn=names["{subscription}"], AttributeName="DeliveryPolicy", AttributeValue=value
        )

    assert "DeliveryPolicy" not in attributes_of(sns, names["{subscription}"])


@pytest.mark.parametrize(("policy", "read"), TOPIC_POLICIES)
@pytest.mark.parametrize("how", ["created", "set"])
def test_a_topics_delivery_policy_is_read_without_null_members(sns, policy, read, how):
    attributes = {"DeliveryPolicy": json.dumps(policy)}
    topic = sns.create_topic(Name=new_name("topic"), Attributes=attributes if how == "created" else {})[
        "TopicArn"
    ]
    if how == "set":
        sns.set_topic_attributes(
            TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=attributes["DeliveryPolicy"]
        )

    found = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert json.loads(found["DeliveryPolicy"]) == read


@pytest.mark.parametrize("protocol", ["http", "sqs"])
def test_the_attributes_of_a_subscription(sns, emulator, names, protocol):
    endpoint = names["{endpoint}"] + "&principal"
    if protocol == "sqs":
        sqs = emulator.client("sqs")
        url = sqs.create_queue(QueueName=new_name("queue"))["QueueUrl"]
        endpoint = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
    policy = json.dumps({"attr1": [{"numeric": [">", 0, "<=", 100]}]})
    arn = sns.subscribe(
        TopicArn=names["{topic}"],
        Protocol=protocol,
        Endpoint=endpoint,
        # AWS takes any case, and returns the lower one.
        Attributes={"RawMessageDelivery": "TrUe", "FilterPolicy": policy},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]

    found = attributes_of(sns, arn)
    assert found["SubscriptionPrincipal"] == emulator.client("sts").get_caller_identity()["Arn"]
    assert (found["RawMessageDelivery"], found["FilterPolicyScope"]) == ("true", "MessageAttributes")

    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="")

    assert not {"FilterPolicy", "FilterPolicyScope"} & attributes_of(sns, arn).keys()
