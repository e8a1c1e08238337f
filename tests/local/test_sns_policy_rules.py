from __future__ import annotations

import json

import pytest

from local.sns.errors import SnsError
from local.sns.policy_rules import parse_redrive_policy, parse_subscription_policy, parse_topic_policy
from tests.support.sns import retry_policy


def test_both_shapes_are_taken():
    topic = {"http": {"defaultHealthyRetryPolicy": retry_policy(), "disableSubscriptionOverrides": True}}
    subscription = {
        "healthyRetryPolicy": retry_policy(),
        "sicklyRetryPolicy": None,
        "throttlePolicy": {"maxReceivesPerSecond": 10},
        "requestPolicy": {"headerContentType": "application/json"},
        "guaranteed": False,
    }

    assert parse_topic_policy(json.dumps(topic)) == topic
    assert parse_subscription_policy(json.dumps(subscription)) == subscription


def test_the_empty_text_is_no_policy():
    assert parse_topic_policy("") is None
    assert parse_subscription_policy("") is None
    assert parse_redrive_policy("") is None


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ({"healthyRetryPolicy": {"numRetries": 5}}, "healthyRetryPolicy.minDelayTarget must be specified"),
        (
            {"healthyRetryPolicy": retry_policy(numRetries=101)},
            "numRetries must be less than or equal to 100",
        ),
        (
            {"healthyRetryPolicy": retry_policy(numRetries=-1)},
            "numRetries must be greater than or equal to 0",
        ),
        ({"healthyRetryPolicy": retry_policy(minDelayTarget=0)}, "minDelayTarget must be greater than"),
        ({"healthyRetryPolicy": retry_policy(maxDelayTarget=19)}, "maxDelayTarget must be greater than or"),
        ({"healthyRetryPolicy": retry_policy(maxDelayTarget=3601)}, "maxDelayTarget must be less than"),
        ({"healthyRetryPolicy": retry_policy(minDelayTarget="20")}, "minDelayTarget must be an integer"),
        ({"healthyRetryPolicy": retry_policy(numNoDelayRetries=4)}, "the sum of"),
        ({"healthyRetryPolicy": retry_policy(backoffFunction="cubic")}, "backoffFunction must be one of"),
        (
            {"healthyRetryPolicy": retry_policy(minDelayTarget=1201, maxDelayTarget=1201)},
            "must not exceed 3600 seconds",
        ),
        (
            {"healthyRetryPolicy": retry_policy(retries=1)},
            "Unexpected JSON member: healthyRetryPolicy.retries",
        ),
        ({"throttlePolicy": {"maxReceivesPerSecond": 0}}, "maxReceivesPerSecond must be greater than"),
        ({"requestPolicy": {"headerContentType": "json"}}, "headerContentType is not a content type"),
        ({"http": {}}, "Unexpected JSON member: http"),
        ({"healthyRetryPolicy": 3}, "healthyRetryPolicy must be a JSON object"),
        ([], "failed to parse JSON"),
    ],
)
def test_a_subscription_policy_that_sns_refuses(policy, complaint):
    with pytest.raises(SnsError, match="Invalid parameter: DeliveryPolicy: ") as refusal:
        parse_subscription_policy(json.dumps(policy))

    assert complaint in str(refusal.value)
    assert (refusal.value.code, refusal.value.status) == ("InvalidParameter", 400)


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ({"throttlePolicy": {"maxReceivesPerSecond": 1}}, "Unexpected JSON member: throttlePolicy"),
        ({"http": {"healthyRetryPolicy": {}}}, "Unexpected JSON member: http.healthyRetryPolicy"),
        (
            {"http": {"defaultHealthyRetryPolicy": retry_policy(numRetries=101)}},
            "http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100",
        ),
    ],
)
def test_a_topic_policy_that_sns_refuses(policy, complaint):
    with pytest.raises(SnsError, match=f"DeliveryPolicy: {complaint}"):
        parse_topic_policy(json.dumps(policy))


def test_a_full_hour_is_still_taken():
    policy = {"healthyRetryPolicy": retry_policy(minDelayTarget=1200, maxDelayTarget=1200)}

    assert parse_subscription_policy(json.dumps(policy)) == policy


def test_a_redrive_policy_names_a_queue():
    queue_arn = "arn:aws:sqs:eu-west-1:123456789012:undelivered"

    assert parse_redrive_policy(json.dumps({"deadLetterTargetArn": queue_arn})) == queue_arn


@pytest.mark.parametrize("target", [None, "undelivered", "arn:aws:sns:eu-west-1:123456789012:topic"])
def test_a_redrive_policy_without_a_queue_is_refused(target):
    with pytest.raises(SnsError, match="RedrivePolicy"):
        parse_redrive_policy(json.dumps({"deadLetterTargetArn": target}))
