"""What AWS leaves undocumented about SNS, switched the other way in a running emulator."""

from __future__ import annotations

import json
import urllib.request

import pytest

from local.emulated_clock import start_clock
from local.emulator import running_emulator
from local.sns.behaviour import SnsBehaviour
from local.sns.settings import BEHAVIOUR, DIRECTORY
from tests.support.sns import loopback_endpoint, retry_policy
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e

OTHER = SnsBehaviour(
    client_errors="success", log_entries="attempt", retries_429=False, destination_query=False
)
ROLE = "arn:aws:iam::000000000000:role/any"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    directory = tmp_path_factory.mktemp("switches")
    environment = {
        DIRECTORY: str(directory),
        **start_clock(directory / "clock", 100),
        BEHAVIOUR: OTHER.to_json(),
    }
    with running_emulator(work_directory=directory, extra_environment=environment) as emulator:
        yield emulator


def entries_of(emulator, group, count):
    logs = emulator.client("logs")

    def find():
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return None
        return [json.loads(each["message"]) for each in events] if len(events) >= count else None

    return wait_for(find)


def test_the_emulator_follows_the_switches(emulator):
    sns, sqs = emulator.client("sns"), emulator.client("sqs")
    queue_url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]
    topic_arn = sns.create_topic(
        Name="events",
        Attributes={
            "HTTPSuccessFeedbackRoleArn": ROLE,
            "HTTPSuccessFeedbackSampleRate": "100",
            "HTTPFailureFeedbackRoleArn": ROLE,
        },
    )["TopicArn"]
    with loopback_endpoint() as endpoint:
        sns.subscribe(
            TopicArn=topic_arn,
            Protocol="http",
            Endpoint=endpoint.url,
            Attributes={
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": queue_arn["QueueArn"]}),
                "DeliveryPolicy": json.dumps({"healthyRetryPolicy": retry_policy(numRetries=1)}),
            },
        )
        (confirmation,) = wait_for(lambda: endpoint.of_kind("SubscriptionConfirmation"))
        urllib.request.urlopen(confirmation.json["SubscribeURL"], timeout=30).close()
        endpoint.statuses = [429, 503, 503]
        sns.publish(TopicArn=topic_arn, Message="too many")
        group = "sns/us-east-1/000000000000/events"
        (success,) = entries_of(emulator, group, 1)
        sns.publish(TopicArn=topic_arn, Message="unavailable")
        failures = entries_of(emulator, f"{group}/Failure", 2)

    assert (success["status"], success["delivery"]["statusCode"]) == ("SUCCESS", 429)
    assert success["delivery"]["destination"] == endpoint.url.partition("?")[0] != endpoint.url
    assert [(each["status"], each["delivery"]["attempts"]) for each in failures] == [
        ("FAILURE", 1),
        ("FAILURE", 2),
    ]
    (dead,) = wait_for(lambda: sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1).get("Messages"))
    assert json.loads(dead["Body"])["Message"] == "unavailable"
