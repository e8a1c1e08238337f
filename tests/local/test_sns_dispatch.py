from __future__ import annotations

import json

import pytest

from local.sns.dispatch import Dispatcher
from local.sns.messages import Links, Publication, Scribe
from local.sns.signing import make_credentials
from local.sns.subscriptions import NewSubscription, confirm, find, subscribe, unsubscribe
from tests.support.sns import START, TOPIC_ARN, make_bench, retry_policy

ATTRIBUTES = {"event_type": {"DataType": "String", "StringValue": "order.paid"}}


@pytest.fixture(scope="module")
def signer():
    return make_credentials().signer


class Laptop:
    """A topic with one subscription, in front of a scripted endpoint."""

    def __init__(self, signer, *script, topic_attributes=None, **attributes):
        self.topic = {"arn": TOPIC_ARN, "attributes": topic_attributes or {}, "subscriptions": []}
        self.bench = make_bench(*script)
        links = Links(call_origin="http://127.0.0.1:4566", certificate_origin="https://localhost:4443")
        self.dispatcher = Dispatcher(
            scribe=Scribe(signer, links),
            engine=self.bench.engine,
            clock=self.bench.clock,
            find_subscription=lambda arn: find(self.topic, arn),
        )
        wish = NewSubscription(
            protocol="https",
            endpoint="https://client.example/hook",
            owner="1",
            principal="arn:aws:iam::1:root",
            attributes=attributes,
        )
        self.subscription, self.token = subscribe(self.topic, wish, START)

    def confirm(self):
        return confirm(self.topic, self.token, START, signed=False)

    def publish(self):
        publication = Publication(
            message_id="1-2-3",
            topic_arn=TOPIC_ARN,
            message='{"n": 1}',
            published_at=START,
            attributes=ATTRIBUTES,
        )
        self.dispatcher.notify(self.topic, self.subscription, publication)

    @property
    def requests(self):
        return self.bench.endpoint.requests


def test_an_enveloped_notification(signer):
    laptop = Laptop(signer, 200)
    laptop.confirm()
    laptop.publish()

    (request,) = laptop.requests
    body = json.loads(request.body)
    assert request.url == "https://client.example/hook"
    assert request.headers["x-amz-sns-message-id"] == body["MessageId"] == "1-2-3"
    assert request.headers["x-amz-sns-subscription-arn"] == laptop.subscription["arn"]
    assert "x-amz-sns-rawdelivery" not in request.headers
    assert body["Message"] == '{"n": 1}'
    assert body["UnsubscribeURL"].endswith(laptop.subscription["arn"])
    assert body["MessageAttributes"] == {"event_type": {"Type": "String", "Value": "order.paid"}}


def test_a_raw_notification_is_the_message_alone(signer):
    laptop = Laptop(signer, 200, RawMessageDelivery="true")
    laptop.confirm()
    laptop.publish()

    (request,) = laptop.requests
    assert request.body == b'{"n": 1}'
    assert request.headers["x-amz-sns-rawdelivery"] == "true"


@pytest.mark.parametrize(("attributes", "version"), [({}, "1"), ({"SignatureVersion": "2"}, "2")])
def test_the_topic_sets_the_signature_version(signer, attributes, version):
    laptop = Laptop(signer, 200, topic_attributes=attributes)
    laptop.dispatcher.ask_to_confirm(laptop.topic, laptop.subscription, laptop.token)
    laptop.confirm()
    laptop.publish()

    assert [json.loads(request.body)["SignatureVersion"] for request in laptop.requests] == [version] * 2


def test_the_request_policy_is_for_notifications_only(signer):
    policy = {"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}}
    laptop = Laptop(signer, 200, topic_attributes={"DeliveryPolicy": json.dumps(policy)})
    laptop.dispatcher.ask_to_confirm(laptop.topic, laptop.subscription, laptop.token)
    laptop.confirm()
    laptop.publish()

    assert [request.headers["Content-Type"] for request in laptop.requests] == [
        "text/plain; charset=UTF-8",
        "application/json",
    ]


def test_the_attributes_set_the_schedule(signer):
    policy = {"healthyRetryPolicy": retry_policy(minDelayTarget=7, numRetries=2, maxDelayTarget=9)}
    laptop = Laptop(signer, 500, DeliveryPolicy=json.dumps(policy))
    laptop.confirm()
    laptop.publish()
    laptop.bench.clock.run()

    assert laptop.bench.endpoint.times == [0, 7, 16]


def test_retries_end_with_the_subscription(signer):
    laptop = Laptop(signer, 500)
    laptop.confirm()
    laptop.publish()
    laptop.bench.clock.advance(25)
    unsubscribe(laptop.topic, laptop.subscription, START, signed=True)
    laptop.bench.clock.run()

    assert laptop.bench.endpoint.times == [0, 20]


def test_a_request_to_confirm_is_retried_until_it_is_confirmed(signer):
    laptop = Laptop(signer, 500)
    laptop.dispatcher.ask_to_confirm(laptop.topic, laptop.subscription, laptop.token)
    laptop.bench.clock.advance(25)
    laptop.confirm()
    laptop.bench.clock.run()

    assert laptop.bench.endpoint.times == [0, 20]
    body = json.loads(laptop.requests[0].body)
    assert body["Type"] == "SubscriptionConfirmation"
    assert body["Token"] == laptop.token
    assert "x-amz-sns-subscription-arn" not in laptop.requests[0].headers


def test_an_unsubscribe_confirmation_goes_to_who_is_no_subscriber_any_more(signer):
    laptop = Laptop(signer, 500, 200)
    laptop.confirm()
    token = unsubscribe(laptop.topic, laptop.subscription, START, signed=False)
    laptop.dispatcher.confirm_unsubscribed(laptop.topic, laptop.subscription, token)
    laptop.bench.clock.run()

    assert laptop.bench.endpoint.times == [0, 20]
    body = json.loads(laptop.requests[1].body)
    assert body["Type"] == "UnsubscribeConfirmation"
    assert body["SubscribeURL"].endswith(f"&Token={token}")
    assert laptop.requests[1].headers["x-amz-sns-subscription-arn"] == laptop.subscription["arn"]
