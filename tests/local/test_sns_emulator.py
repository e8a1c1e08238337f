from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from local.emulated_clock import start_clock
from local.emulator import running_emulator
from local.loopback import bind_loopback
from local.sns.messages import text_to_sign
from local.sns.settings import read_authority
from tests.support.emulator import create_function, new_name
from tests.support.sns import loopback_endpoint, retry_policy
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e

# Twenty seconds become a fifth of one.
SPEED = 100
LOGGED = {
    "SignatureVersion": "2",
    "HTTPSuccessFeedbackRoleArn": "arn:aws:iam::000000000000:role/any",
    "HTTPSuccessFeedbackSampleRate": "100",
    "HTTPFailureFeedbackRoleArn": "arn:aws:iam::000000000000:role/any",
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("sns")


@pytest.fixture(scope="module")
def emulator(directory):
    environment = {
        "ORDER_WEBHOOKS_SNS_DIRECTORY": str(directory / "authority"),
        **start_clock(directory / "clock", SPEED),
        "ORDER_WEBHOOKS_DELIVERY_LOG": str(directory / "attempts.jsonl"),
    }
    with running_emulator(work_directory=directory, extra_environment=environment) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def sns(emulator):
    return emulator.client("sns")


@pytest.fixture
def endpoint():
    with loopback_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def topic_arn(sns):
    return sns.create_topic(Name=new_name("topic"), Attributes=LOGGED)["TopicArn"]


@pytest.fixture
def queue(emulator):
    """Return the URL and the ARN of a dead-letter queue."""
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName=new_name("queue"))["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return url, attributes["QueueArn"]


def subscribe(sns, topic_arn, endpoint, **attributes):
    return sns.subscribe(
        TopicArn=topic_arn,
        Protocol="http",
        Endpoint=endpoint.url,
        Attributes={name: json.dumps(value) for name, value in attributes.items()},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]


def confirmation_of(endpoint):
    return wait_for(lambda: endpoint.of_kind("SubscriptionConfirmation"))[-1]


def subscribe_and_confirm(sns, topic_arn, endpoint, **attributes):
    arn = subscribe(sns, topic_arn, endpoint, **attributes)
    visit(confirmation_of(endpoint).json["SubscribeURL"])
    return arn


def visit(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read().decode()


def notifications_of(endpoint, count):
    return wait_for(lambda: found if len(found := endpoint.of_kind("Notification")) >= count else None)


def attributes_of(sns, subscription_arn):
    return sns.get_subscription_attributes(SubscriptionArn=subscription_arn)["Attributes"]


def listed(sns, topic_arn):
    return [
        one["SubscriptionArn"] for one in sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    ]


def log_entries(emulator, group):
    logs = emulator.client("logs")

    def find():
        try:
            return [
                json.loads(one["message"]) for one in logs.filter_log_events(logGroupName=group)["events"]
            ]
        except logs.exceptions.ResourceNotFoundException:
            return None

    return wait_for(find)


def attempts_of(directory, message_id):
    lines = (directory / "attempts.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["message_id"] == message_id]


def test_an_endpoint_gets_nothing_before_it_confirms(sns, topic_arn, endpoint):
    arn = subscribe(sns, topic_arn, endpoint)

    assert arn.startswith(f"{topic_arn}:")
    assert attributes_of(sns, arn)["PendingConfirmation"] == "true"
    assert listed(sns, topic_arn) == ["PendingConfirmation"]
    sns.publish(TopicArn=topic_arn, Message="too early")
    confirmation = confirmation_of(endpoint)
    assert confirmation.json["Type"] == "SubscriptionConfirmation"
    assert "x-amz-sns-subscription-arn" not in confirmation.headers

    assert arn in visit(confirmation.json["SubscribeURL"])

    assert attributes_of(sns, arn)["PendingConfirmation"] == "false"
    assert attributes_of(sns, arn)["ConfirmationWasAuthenticated"] == "false"
    assert listed(sns, topic_arn) == [arn]
    sns.publish(TopicArn=topic_arn, Message="in time")
    (notification,) = notifications_of(endpoint, 1)
    assert notification.json["Message"] == "in time"


def test_subscribing_without_asking_for_the_arn(sns, topic_arn, endpoint):
    def again():
        return sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=endpoint.url)["SubscriptionArn"]

    assert again() == "pending confirmation"
    visit(confirmation_of(endpoint).json["SubscribeURL"])
    assert again() == listed(sns, topic_arn)[0]


def test_a_notification_verifies_with_the_certificate_it_names(directory, sns, topic_arn, endpoint):
    subscribe_and_confirm(sns, topic_arn, endpoint)
    message_id = sns.publish(TopicArn=topic_arn, Message='{"é": 1}', Subject="An order")["MessageId"]
    (notification,) = notifications_of(endpoint, 1)
    body = notification.json

    authority = read_authority(directory / "authority")
    assert body["SigningCertURL"].startswith(f"{authority.certificate_origin}/SimpleNotificationService-")
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    with urllib.request.urlopen(body["SigningCertURL"], context=context, timeout=30) as response:
        certificate = x509.load_pem_x509_certificate(response.read())
    certificate.public_key().verify(
        base64.b64decode(body["Signature"]), text_to_sign(body), padding.PKCS1v15(), hashes.SHA256()
    )
    assert body["SignatureVersion"] == "2"
    assert body["MessageId"] == notification.headers["x-amz-sns-message-id"] == message_id


def test_an_endpoint_that_fails_twice_gets_the_same_message_a_third_time(
    emulator, directory, sns, topic_arn, endpoint
):
    subscribe_and_confirm(sns, topic_arn, endpoint)
    endpoint.statuses = [500, 503]
    message_id = sns.publish(TopicArn=topic_arn, Message="again and again")["MessageId"]

    first, second, third = notifications_of(endpoint, 3)

    assert first == second == third
    assert first.headers["x-amz-sns-message-id"] == message_id
    region, account, name = topic_arn.split(":")[3:]
    (entry,) = log_entries(emulator, f"sns/{region}/{account}/{name}")
    assert entry["status"] == "SUCCESS"
    assert entry["notification"]["messageId"] == message_id
    assert entry["delivery"]["attempts"] == 3
    assert entry["delivery"]["providerResponse"] == "ok"
    lines = attempts_of(directory, message_id)
    assert [(line["attempt"], line["status_code"], line["verdict"]) for line in lines] == [
        (1, 500, "retry"),
        (2, 503, "retry"),
        (3, 200, "delivered"),
    ]


@pytest.mark.parametrize(("status", "attempts"), [(503, 3), (429, 3), (404, 1)])
def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue_as_it_was_sent(
    emulator, sns, topic_arn, queue, endpoint, status, attempts
):
    queue_url, queue_arn = queue
    subscribe_and_confirm(
        sns,
        topic_arn,
        endpoint,
        RedrivePolicy={"deadLetterTargetArn": queue_arn},
        DeliveryPolicy={"healthyRetryPolicy": retry_policy(numRetries=2, numNoDelayRetries=1)},
    )
    endpoint.always = status
    sns.publish(
        TopicArn=topic_arn,
        Message="lost",
        MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}},
    )

    sqs = emulator.client("sqs")
    (dead,) = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1, MessageAttributeNames=["All"]).get(
            "Messages"
        )
    )

    sent = endpoint.of_kind("Notification")
    assert len(sent) == attempts
    assert {one.body for one in sent} == {dead["Body"].encode()}
    assert "MessageAttributes" not in dead
    region, account, name = topic_arn.split(":")[3:]
    (entry,) = log_entries(emulator, f"sns/{region}/{account}/{name}/Failure")
    assert (entry["status"], entry["delivery"]["statusCode"]) == ("FAILURE", status)


def test_a_raw_dead_letter_keeps_the_message_attributes(emulator, sns, topic_arn, queue, endpoint):
    queue_url, queue_arn = queue
    arn = subscribe_and_confirm(sns, topic_arn, endpoint, RedrivePolicy={"deadLetterTargetArn": queue_arn})
    sns.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="RawMessageDelivery", AttributeValue="true"
    )
    endpoint.always = 400
    sns.publish(
        TopicArn=topic_arn,
        Message="lost",
        MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}},
    )

    sqs = emulator.client("sqs")
    (dead,) = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1, MessageAttributeNames=["All"]).get(
            "Messages"
        )
    )

    assert dead["Body"] == "lost"
    assert dead["MessageAttributes"]["a"]["StringValue"] == "b"


def test_a_confirmation_is_no_dead_letter(emulator, directory, sns, topic_arn, queue, endpoint):
    queue_url, queue_arn = queue
    endpoint.to_confirmations = 404
    subscribe(sns, topic_arn, endpoint, RedrivePolicy={"deadLetterTargetArn": queue_arn})

    (line,) = wait_for(lambda: attempts_of(directory, confirmation_of(endpoint).json["MessageId"]))

    assert line["verdict"] == "failed"
    messages = emulator.client("sqs").receive_message(QueueUrl=queue_url)
    assert "Messages" not in messages


def test_only_what_passes_the_filter_policy_is_sent(sns, topic_arn, endpoint):
    subscribe_and_confirm(sns, topic_arn, endpoint, FilterPolicy={"event_type": ["order.paid"]})
    for event_type in ("order.failed", "order.paid"):
        sns.publish(
            TopicArn=topic_arn,
            Message=event_type,
            MessageAttributes={"event_type": {"DataType": "String", "StringValue": event_type}},
        )

    (notification,) = notifications_of(endpoint, 1)
    assert notification.json["Message"] == "order.paid"


def test_an_array_passes_the_filter_policy_that_one_of_its_members_passes(sns, topic_arn, endpoint):
    policy = {"client_id": ["shop"], "audience": ["webhook-2"]}
    subscribe_and_confirm(sns, topic_arn, endpoint, FilterPolicy=policy)
    audiences = (
        ("shop", ["webhook-1", "all"]),
        ("shop", []),
        ("shop", ["webhook-22", "webhook"]),
        ("other", ["webhook-2"]),
        ("shop", ["webhook-1", "webhook-2"]),
    )
    for client_id, audience in audiences:
        sns.publish(
            TopicArn=topic_arn,
            Message=client_id,
            MessageAttributes={
                "client_id": {"DataType": "String", "StringValue": client_id},
                "audience": {"DataType": "String.Array", "StringValue": json.dumps(audience)},
            },
        )

    (notification,) = notifications_of(endpoint, 1)
    assert notification.json["MessageAttributes"] == {
        "client_id": {"Type": "String", "Value": "shop"},
        "audience": {"Type": "String.Array", "Value": '["webhook-1", "webhook-2"]'},
    }


def test_the_unsubscribe_url_ends_the_subscription_and_says_how_to_undo_that(sns, topic_arn, endpoint):
    arn = subscribe_and_confirm(sns, topic_arn, endpoint)
    sns.publish(TopicArn=topic_arn, Message="one")
    (notification,) = notifications_of(endpoint, 1)

    visit(notification.json["UnsubscribeURL"])

    (farewell,) = wait_for(lambda: endpoint.of_kind("UnsubscribeConfirmation"))
    assert listed(sns, topic_arn) == []
    sns.publish(TopicArn=topic_arn, Message="two")
    assert arn in visit(farewell.json["SubscribeURL"])
    assert listed(sns, topic_arn) == [arn]
    sns.publish(TopicArn=topic_arn, Message="three")
    assert notifications_of(endpoint, 2)[1].json["Message"] == "three"


def test_what_sns_refuses_beside_what_is_recorded(sns, topic_arn, endpoint):
    refused = sns.exceptions.InvalidParameterException
    arn = subscribe(sns, topic_arn, endpoint)

    with pytest.raises(refused, match="pending confirmation"):
        sns.unsubscribe(SubscriptionArn=arn)
    with pytest.raises(refused, match="minDelayTarget must be specified"):
        sns.set_subscription_attributes(
            SubscriptionArn=arn,
            AttributeName="DeliveryPolicy",
            AttributeValue='{"healthyRetryPolicy": {"numRetries": 5}}',
        )
    with pytest.raises(refused, match="Unexpected JSON member"):
        sns.create_topic(Name="other", Attributes={"DeliveryPolicy": '{"healthyRetryPolicy": {}}'})
    with pytest.raises(refused, match="SignatureVersion"):
        sns.set_topic_attributes(TopicArn=topic_arn, AttributeName="SignatureVersion", AttributeValue="3")


def test_an_endpoint_that_cannot_be_reached_is_not_subscribed(sns, topic_arn):
    with bind_loopback() as closed:
        port = closed.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/hook", "http://receiver.invalid/hook", "http://127.0.0.1:99999/"):
        with pytest.raises(ClientError, match="Unreachable Endpoint") as refusal:
            sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=url)
        assert refusal.value.response["Error"] == {
            "Type": "Sender",
            "Code": "InvalidParameter",
            "Message": "Invalid parameter: Unreachable Endpoint",
        }
    assert listed(sns, topic_arn) == []


def test_queues_and_their_filters_work_as_before(emulator, sns, topic_arn, queue):
    queue_url, queue_arn = queue
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
    sns.publish(TopicArn=topic_arn, Message="to a queue")

    sqs = emulator.client("sqs")
    (message,) = wait_for(lambda: sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1).get("Messages"))

    body = json.loads(message["Body"])
    assert body["Message"] == "to a queue"
    assert urllib.parse.urlsplit(body["SigningCertURL"]).scheme == "https"


def test_functions_get_their_messages_as_before(emulator, sns, topic_arn):
    source = "def handle(event, context):\n    print('heard', event['Records'][0]['Sns']['Message'])\n"
    function_arn = create_function(emulator, source)
    sns.subscribe(TopicArn=topic_arn, Protocol="lambda", Endpoint=function_arn)
    sns.publish(TopicArn=topic_arn, Message="to a function")

    logs = emulator.client("logs")
    group = f"/aws/lambda/{function_arn.rpartition(':')[2]}"

    def find():
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return None
        return [event for event in events if "heard to a function" in event["message"]]

    assert wait_for(find)
