from __future__ import annotations

from random import Random

import pytest

from local.sns.behaviour import SnsBehaviour
from local.sns.engine import Verdict, judge
from local.sns.policy import DeliveryPlan, plan_delivery
from tests.support.sns import START, Silence, SteadyRandom, make_bench, retry_policy


def plan_of(**retry):
    return plan_delivery(None, {"healthyRetryPolicy": retry_policy(**retry)})


def throttled_plan(per_second, *delays):
    return DeliveryPlan(
        retry_delays_seconds=delays, max_receives_per_second=per_second, content_type="text/plain"
    )


def verdicts(bench):
    return [attempt.verdict for attempt in bench.listening.attempts]


def test_a_success_is_one_attempt():
    bench = make_bench(200)
    bench.deliver()
    bench.clock.run()

    assert bench.endpoint.times == [0]
    (attempt,) = bench.listening.attempts
    assert (attempt.number, attempt.status, attempt.response) == (1, 200, "said 200")
    assert attempt.verdict is Verdict.DELIVERED
    assert attempt.next_attempt_at is None


def test_the_phases_give_the_exact_times_of_every_attempt():
    bench = make_bench(503)
    bench.deliver(
        plan_of(
            minDelayTarget=5,
            maxDelayTarget=60,
            numRetries=9,
            numNoDelayRetries=2,
            numMinDelayRetries=1,
            numMaxDelayRetries=3,
        )
    )
    bench.clock.run()

    assert bench.endpoint.times == [0, 0, 0, 5, 10, 42.5, 102.5, 162.5, 222.5, 282.5]
    assert verdicts(bench) == [Verdict.RETRY] * 9 + [Verdict.FAILED]
    assert [attempt.number for attempt in bench.listening.attempts] == list(range(1, 11))


def test_retries_end_with_the_first_success():
    bench = make_bench(500, Silence(), 204)
    bench.deliver()
    bench.clock.run()

    assert bench.endpoint.times == [0, 20, 40]
    assert verdicts(bench) == [Verdict.RETRY, Verdict.RETRY, Verdict.DELIVERED]


def test_nothing_is_sent_before_its_time():
    bench = make_bench(500)
    bench.deliver()

    bench.clock.advance(19.9)
    assert bench.endpoint.times == [0]
    bench.clock.advance(0.2)
    assert bench.endpoint.times == [0, 20]


def test_a_delay_starts_when_the_silent_attempt_is_given_up():
    bench = make_bench(Silence(15))
    bench.deliver()
    bench.clock.run()

    assert bench.endpoint.times == [0, 35, 70, 105]
    assert {attempt.status for attempt in bench.listening.attempts} == {None}
    assert bench.listening.attempts[0].response == "no reply"
    assert bench.listening.attempts[0].finished_at - bench.listening.attempts[0].started_at == 15


def test_every_attempt_sends_the_same_bytes_and_headers():
    bench = make_bench(500, 500, 200)
    delivery = bench.deliver(body=b"exact \xc3\xa9", headers={"x-amz-sns-message-id": "m"})
    bench.clock.run()

    assert [(request.url, request.headers, request.body) for request in bench.endpoint.requests] == [
        (delivery.endpoint, delivery.headers, delivery.body)
    ] * 3


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, [0, 20, 40, 60]), (0.5, [0, 21, 42, 63]), (1.0, [0, 22, 44, 66])]
)
def test_jitter_lengthens_each_delay_by_a_tenth_at_most(share, expected):
    bench = make_bench(500, random=SteadyRandom(share))
    bench.deliver()
    bench.clock.run()

    assert bench.endpoint.times == pytest.approx(expected)


def test_an_hour_of_a_hundred_retries_runs_in_no_time():
    bench = make_bench(500, random=Random(3))
    bench.deliver(plan_of(minDelayTarget=36, maxDelayTarget=36, numRetries=100))
    bench.clock.run()

    assert len(bench.endpoint.times) == 101
    assert bench.endpoint.times[-1] == pytest.approx(3600)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DELIVERED),
        (202, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (301, Verdict.FAILED),
        (307, Verdict.FAILED),
        (400, Verdict.FAILED),
        (404, Verdict.FAILED),
        (410, Verdict.FAILED),
        (429, Verdict.RETRY),
        (499, Verdict.FAILED),
        (500, Verdict.RETRY),
        (502, Verdict.RETRY),
        (503, Verdict.RETRY),
        (599, Verdict.RETRY),
        (None, Verdict.RETRY),
        (199, Verdict.RETRY),
        (600, Verdict.RETRY),
    ],
)
def test_what_a_status_means(status, verdict):
    assert judge(status, SnsBehaviour()) is verdict


@pytest.mark.parametrize(
    ("client_errors", "verdict"),
    [
        ("success", Verdict.DELIVERED),
        ("failure", Verdict.REJECTED),
        ("dead-letter", Verdict.FAILED),
    ],
)
@pytest.mark.parametrize(("status", "retries_429"), [(302, True), (404, True), (404, False), (429, False)])
def test_a_client_error_is_final_in_each_way_that_is_reported(client_errors, verdict, status, retries_429):
    bench = make_bench(status, behaviour=SnsBehaviour(client_errors=client_errors, retries_429=retries_429))
    bench.deliver()
    bench.clock.run()

    assert verdicts(bench) == [verdict]


def test_too_many_requests_are_retried_like_a_server_error_and_dead_lettered_in_the_end():
    bench = make_bench(429, behaviour=SnsBehaviour(client_errors="success"))
    bench.deliver()
    bench.clock.run()

    assert verdicts(bench) == [Verdict.RETRY] * 3 + [Verdict.FAILED]


@pytest.mark.parametrize("status", [302, 404, 410])
def test_a_final_status_is_not_retried(status):
    bench = make_bench(status)
    bench.deliver()
    bench.clock.run()

    assert bench.endpoint.times == [0]
    assert verdicts(bench) == [Verdict.FAILED]


def test_without_retries_the_first_failure_is_the_last():
    bench = make_bench(500)
    bench.deliver(plan_of(numRetries=0))
    bench.clock.run()

    assert verdicts(bench) == [Verdict.FAILED]


def test_the_throttle_spaces_out_the_attempts_of_a_subscription():
    bench = make_bench(200)
    for _ in range(5):
        bench.deliver(throttled_plan(2))
    bench.clock.run()

    assert bench.endpoint.times == [0, 0.5, 1, 1.5, 2]


def test_the_throttle_counts_retries_too():
    bench = make_bench(500, 200)
    bench.deliver(throttled_plan(1, 3.0))
    bench.clock.advance(2.5)
    bench.deliver(throttled_plan(1))
    bench.clock.run()

    assert bench.endpoint.times == [0, 2.5, 3.5]


def test_one_subscription_does_not_wait_for_another():
    bench = make_bench(200)
    bench.deliver(throttled_plan(1), subscription_arn="one")
    bench.deliver(throttled_plan(1), subscription_arn="other")
    bench.clock.run()

    assert bench.endpoint.times == [0, 0]


def test_a_pause_leaves_no_credit_for_a_burst():
    bench = make_bench(200)
    bench.deliver(throttled_plan(1))
    bench.clock.advance(10)
    bench.deliver(throttled_plan(1))
    bench.deliver(throttled_plan(1))
    bench.clock.run()

    assert bench.endpoint.times == [0, 10, 11]


def test_retries_end_when_the_message_is_not_wanted_any_more():
    wanted = True
    bench = make_bench(500)
    bench.deliver(is_wanted=lambda: wanted)
    bench.clock.advance(25)
    wanted = False
    bench.clock.run()

    assert bench.endpoint.times == [0, 20]


def test_an_attempt_says_when_the_next_one_comes():
    bench = make_bench(500)
    bench.deliver()
    bench.clock.run()

    assert [attempt.next_attempt_at for attempt in bench.listening.attempts] == [
        START + 20,
        START + 40,
        START + 60,
        None,
    ]


def test_a_listener_that_breaks_does_not_end_the_retries():
    bench = make_bench(500)

    def broken(*_):
        raise RuntimeError("full disk")

    bench.listening.attempted = broken
    with pytest.raises(RuntimeError):
        bench.deliver()
    bench.clock.spend(20)
    with pytest.raises(RuntimeError):
        bench.clock.run()

    assert len(bench.endpoint.times) == 2
