from __future__ import annotations

import itertools
from random import Random

import pytest

from local.sns.policy import (
    JITTER_FRACTION,
    MAX_TOTAL_DELAY_SECONDS,
    add_jitter,
    plan_delivery,
    retry_delays,
)
from tests.support.sns import SteadyRandom, retry_policy

FUNCTIONS = ("linear", "arithmetic", "geometric", "exponential")


def test_without_a_policy_there_are_three_retries_at_twenty_seconds():
    plan = plan_delivery(None, None)

    assert plan.retry_delays_seconds == (20, 20, 20)
    assert plan.max_receives_per_second is None
    assert plan.content_type == "text/plain; charset=UTF-8"


def test_the_four_phases_follow_each_other():
    delays = retry_delays(
        retry_policy(
            minDelayTarget=5,
            maxDelayTarget=60,
            numRetries=9,
            numNoDelayRetries=2,
            numMinDelayRetries=1,
            numMaxDelayRetries=3,
        )
    )

    assert delays == (0, 0, 5, 5, 32.5, 60, 60, 60, 60)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_backoff_rises_from_the_minimum_to_the_maximum(function):
    delays = retry_delays(
        retry_policy(minDelayTarget=5, maxDelayTarget=260, numRetries=10, backoffFunction=function)
    )

    assert len(delays) == 10
    assert delays[0] == pytest.approx(5)
    assert delays[-1] == pytest.approx(260)
    assert all(earlier < later for earlier, later in itertools.pairwise(delays))


def test_the_four_functions_differ_as_in_the_picture():
    linear, arithmetic, geometric, exponential = (
        retry_delays(
            retry_policy(minDelayTarget=5, maxDelayTarget=260, numRetries=10, backoffFunction=function)
        )
        for function in FUNCTIONS
    )

    assert all(
        first > second > third and second > fourth
        for first, second, third, fourth in zip(
            linear[1:-1], arithmetic[1:-1], geometric[1:-1], exponential[1:-1], strict=True
        )
    )
    assert linear[1] - linear[0] == pytest.approx(linear[9] - linear[8])
    assert geometric[1] / geometric[0] == pytest.approx(geometric[9] / geometric[8])
    assert exponential[9] - exponential[8] == pytest.approx(2 * (exponential[8] - exponential[7]))
    steps = [later - earlier for earlier, later in itertools.pairwise(arithmetic)]
    assert steps[1] - steps[0] == pytest.approx(steps[8] - steps[7])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_single_backoff_retry_waits_the_minimum(function):
    delays = retry_delays(retry_policy(maxDelayTarget=60, numRetries=1, backoffFunction=function))

    assert delays == (20,)


def test_no_retries_at_all():
    assert retry_delays(retry_policy(numRetries=0)) == ()


def test_jitter_is_added_and_bounded():
    random = Random(7)
    delays = (0.0, 5.0, 100.0)

    for _ in range(200):
        for delay, jittered in zip(delays, add_jitter(delays, random), strict=True):
            assert delay <= jittered <= delay * (1 + JITTER_FRACTION)


def test_jitter_spreads_the_delays():
    random = Random(7)

    assert len({add_jitter((100.0,), random) for _ in range(20)}) == 20


def test_with_jitter_a_full_hour_stays_an_hour():
    nearly_full, full = (500.0,) * 7, (600.0,) * 6

    assert sum(add_jitter(nearly_full, SteadyRandom(1.0))) == pytest.approx(MAX_TOTAL_DELAY_SECONDS)
    assert add_jitter(full, SteadyRandom(1.0)) == full


def test_each_sub_policy_is_inherited_separately():
    topic = {
        "http": {
            "defaultHealthyRetryPolicy": retry_policy(numRetries=5),
            "defaultThrottlePolicy": {"maxReceivesPerSecond": 7},
            "defaultRequestPolicy": {"headerContentType": "application/json"},
        }
    }

    plan = plan_delivery(topic, {"healthyRetryPolicy": retry_policy(numRetries=1)})

    assert plan.retry_delays_seconds == (20,)
    assert plan.max_receives_per_second == 7
    assert plan.content_type == "application/json"


def test_a_subscription_replaces_a_sub_policy_whole():
    topic = {"http": {"defaultHealthyRetryPolicy": retry_policy(numRetries=5, numNoDelayRetries=2)}}

    plan = plan_delivery(topic, {"healthyRetryPolicy": retry_policy(numRetries=4)})

    assert plan.retry_delays_seconds == (20, 20, 20, 20)


def test_a_topic_can_disable_what_subscriptions_say():
    topic = {
        "http": {
            "defaultHealthyRetryPolicy": retry_policy(numRetries=2),
            "disableSubscriptionOverrides": True,
        }
    }
    subscription = {
        "healthyRetryPolicy": retry_policy(numRetries=9),
        "throttlePolicy": {"maxReceivesPerSecond": 1},
        "requestPolicy": {"headerContentType": "application/json"},
    }

    plan = plan_delivery(topic, subscription)

    assert plan == plan_delivery(topic, None)
    assert len(plan.retry_delays_seconds) == 2
