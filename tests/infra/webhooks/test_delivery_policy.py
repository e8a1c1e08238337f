from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.webhooks.delivery_policy import DeliveryPolicy

ROOT = Path(__file__).resolve().parents[3]


def refusal(**settings) -> tuple[str, str]:
    """Return the key and the message of the one thing that is wrong."""
    with pytest.raises(ValidationError) as caught:
        DeliveryPolicy(**settings)
    (error,) = caught.value.errors()
    return ".".join(map(str, error["loc"])), str(error.get("ctx", {}).get("error", error["msg"]))


def test_a_topic_has_its_shape_to_the_letter():
    assert json.dumps(DeliveryPolicy().for_topic()) == (
        '{"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 600, '
        '"numRetries": 8, "numNoDelayRetries": 1, "numMinDelayRetries": 2, "numMaxDelayRetries": 0, '
        '"backoffFunction": "exponential"}, "disableSubscriptionOverrides": false, '
        '"defaultRequestPolicy": {"headerContentType": "application/json"}}}'
    )


def test_a_subscription_has_its_shape_to_the_letter():
    assert json.dumps(DeliveryPolicy().for_subscription()) == (
        '{"healthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 600, "numRetries": 8, '
        '"numNoDelayRetries": 1, "numMinDelayRetries": 2, "numMaxDelayRetries": 0, '
        '"backoffFunction": "exponential"}, "requestPolicy": {"headerContentType": "application/json"}}'
    )


def test_every_setting_reaches_both_shapes():
    policy = DeliveryPolicy(
        min_delay_target_seconds=1,
        max_delay_target_seconds=60,
        num_retries=50,
        num_no_delay_retries=3,
        num_min_delay_retries=2,
        num_max_delay_retries=35,
        backoff_function="geometric",
        max_receives_per_second=10,
        header_content_type="text/plain; charset=UTF-8",
    )
    retry = {
        "minDelayTarget": 1,
        "maxDelayTarget": 60,
        "numRetries": 50,
        "numNoDelayRetries": 3,
        "numMinDelayRetries": 2,
        "numMaxDelayRetries": 35,
        "backoffFunction": "geometric",
    }

    assert policy.for_topic() == {
        "http": {
            "defaultHealthyRetryPolicy": retry,
            "disableSubscriptionOverrides": False,
            "defaultThrottlePolicy": {"maxReceivesPerSecond": 10},
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }
    }
    assert policy.for_subscription() == {
        "healthyRetryPolicy": retry,
        "throttlePolicy": {"maxReceivesPerSecond": 10},
        "requestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
    }


def test_the_default_uses_as_much_of_the_hour_as_whole_retries_can():
    policy = DeliveryPolicy()

    assert policy.worst_case_delay_seconds == 3010
    assert refusal(num_retries=policy.num_retries + 1)[0] == ""


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (
            {"min_delay_target_seconds": 0},
            "min_delay_target_seconds",
            "0 is not allowed: SNS takes 1 to 3600 seconds",
        ),
        (
            {"min_delay_target_seconds": 3601},
            "min_delay_target_seconds",
            "3601 is not allowed: SNS takes 1 to 3600 seconds",
        ),
        (
            {"max_delay_target_seconds": 0},
            "max_delay_target_seconds",
            "0 is not allowed: SNS takes 1 to 3600 seconds",
        ),
        (
            {"max_delay_target_seconds": 3601},
            "max_delay_target_seconds",
            "3601 is not allowed: SNS takes 1 to 3600 seconds",
        ),
        ({"num_retries": -1}, "num_retries", "-1 is not allowed: SNS takes 0 to 100 retries"),
        ({"num_retries": 101}, "num_retries", "101 is not allowed: SNS takes 0 to 100 retries"),
        ({"num_no_delay_retries": -1}, "num_no_delay_retries", "-1 is not allowed: SNS takes 0 or more"),
        ({"num_min_delay_retries": -1}, "num_min_delay_retries", "-1 is not allowed: SNS takes 0 or more"),
        ({"num_max_delay_retries": -1}, "num_max_delay_retries", "-1 is not allowed: SNS takes 0 or more"),
        ({"max_receives_per_second": 0}, "max_receives_per_second", "0 is not allowed: SNS takes 1 or more"),
        (
            {"backoff_function": "quadratic"},
            "backoff_function",
            "'quadratic' is not allowed: SNS takes 'arithmetic', 'exponential', 'geometric', 'linear'",
        ),
        ({"num_retries": "8"}, "num_retries", "Input should be a valid integer"),
        ({"num_retries": True}, "num_retries", "Input should be a valid integer"),
        ({"min_delay_target_seconds": None}, "min_delay_target_seconds", "Input should be a valid integer"),
        ({"numRetries": 3}, "numRetries", "Extra inputs are not permitted"),
    ],
)
def test_what_sns_would_refuse_is_refused_with_the_key_the_value_and_the_rule(settings, key, message):
    assert refusal(**settings) == (key, message)


def test_a_content_type_that_sns_does_not_know_is_refused():
    key, message = refusal(header_content_type="text/csv")

    assert key == "header_content_type"
    assert message == (
        "'text/csv' is not allowed: SNS takes "
        "'application/json', 'application/xml', 'text/plain', 'text/plain; charset=UTF-8'"
    )


def test_the_longest_delay_must_not_be_shorter_than_the_shortest():
    key, message = refusal(min_delay_target_seconds=20, max_delay_target_seconds=10)

    assert key == ""
    assert message == (
        "max_delay_target_seconds 10 is not allowed: SNS takes min_delay_target_seconds (20) to 3600 seconds"
    )


def test_the_phases_must_not_have_more_retries_than_there_are():
    phases = {"num_no_delay_retries": 4, "num_min_delay_retries": 3, "num_max_delay_retries": 2}

    key, message = refusal(num_retries=8, **phases)

    assert key == ""
    assert message == (
        "num_retries 8 is not allowed: SNS takes at least the retries of the phases, "
        "num_no_delay_retries 4 + num_min_delay_retries 3 + num_max_delay_retries 2 = 9"
    )


def test_all_delays_together_must_fit_an_hour():
    key, message = refusal(num_retries=10, num_max_delay_retries=1)

    assert key == ""
    assert message == (
        "the retries may wait 2 x min_delay_target_seconds 5 + 7 x max_delay_target_seconds 600 = 4210 "
        "seconds in all, which is not allowed: SNS takes at most 3600 (each backoff retry counts as the "
        "longest, because the curves are not published); lower the delays or num_retries"
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"min_delay_target_seconds": 1, "max_delay_target_seconds": 1},
        {
            "min_delay_target_seconds": 3600,
            "max_delay_target_seconds": 3600,
            "num_retries": 2,
            "num_min_delay_retries": 1,
        },
        {"num_retries": 0, "num_no_delay_retries": 0, "num_min_delay_retries": 0},
        {"num_retries": 100, "num_no_delay_retries": 100, "num_min_delay_retries": 0},
        {"num_retries": 3},
        {"max_delay_target_seconds": 718},
        {"max_receives_per_second": 1},
    ],
)
def test_what_is_at_a_limit_is_allowed(settings):
    assert DeliveryPolicy(**settings).worst_case_delay_seconds <= 3600


def test_a_policy_cannot_be_changed():
    with pytest.raises(ValidationError):
        DeliveryPolicy().num_retries = 3


def test_the_policy_needs_neither_pulumi_nor_boto3():
    program = (
        "import sys; import infra.webhooks.delivery_policy\n"
        "sys.exit(str(sorted({'pulumi', 'boto3', 'botocore'} & set(sys.modules)) or ''))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stderr.strip() == ""
