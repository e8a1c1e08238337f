"""Asynchronous invocations on a driven clock."""

from __future__ import annotations

import datetime as dt

import pytest

from local.invocations.engine import AsynchronousEvent, InvocationEngine, Outcome
from local.invocations.record import make_record
from tests.support.driven_clock import DrivenClock

START = 1_000_000.0
ARN = "arn:aws:lambda:us-east-1:000000000000:function:record"
DONE, FAILED, THROTTLED = (
    Outcome(kind="done"),
    Outcome(kind="failed", response="no"),
    Outcome(kind="throttled"),
)


class Bench:
    """An engine in front of a function with scripted outcomes, the last one for ever."""

    def __init__(self, *script, **settings):
        self.clock = DrivenClock(START)
        self.script = list(script)
        self.times = []
        self.given_up = []
        self.engine = InvocationEngine(
            clock=self.clock,
            run=lambda _, action: action(),
            invoke=self.invoke,
            give_up=lambda event, condition, count, last: self.given_up.append((condition, count, last)),
            **settings,
        )

    def invoke(self, event):
        self.times.append(self.clock.now() - START)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def accept(self, **changes):
        given = {"max_retries": 2, "max_age_seconds": 21_600.0, "payload": {"a": 1}, "request_id": "r"}
        self.engine.accept(
            AsynchronousEvent(**{**given, "function_arn": ARN, "accepted_at": self.clock.now(), **changes})
        )


def test_an_event_that_is_done_is_invoked_once():
    bench = Bench(DONE)
    bench.accept()
    bench.clock.run()

    assert (bench.times, bench.given_up) == ([0], [])
    assert not bench.engine.is_busy(ARN)


def test_an_error_is_retried_after_one_and_two_minutes_and_then_given_up():
    bench = Bench(FAILED)
    bench.accept()
    assert bench.engine.is_busy(ARN)
    bench.clock.run()

    assert bench.times == [0, 60, 180]
    assert bench.given_up == [("RetriesExhausted", 3, FAILED)]
    assert not bench.engine.is_busy(ARN)


def test_a_retry_can_succeed():
    bench = Bench(FAILED, DONE)
    bench.accept()
    bench.clock.run()

    assert (bench.times, bench.given_up) == ([0, 60], [])


@pytest.mark.parametrize(("retries", "invocations"), [(0, 1), (1, 2)])
def test_the_retries_are_those_of_the_function(retries, invocations):
    bench = Bench(FAILED)
    bench.accept(max_retries=retries)
    bench.clock.run()

    assert bench.given_up == [("RetriesExhausted", invocations, FAILED)]


def test_throttling_uses_up_no_retry():
    bench = Bench(*[THROTTLED] * 4, FAILED, THROTTLED, DONE)
    bench.accept(max_retries=1)
    bench.clock.run()

    assert bench.times == [0, 1, 3, 7, 15, 75, 76]
    assert bench.given_up == []


def test_a_throttled_event_is_given_up_when_it_is_too_old():
    bench = Bench(THROTTLED)
    bench.accept(max_age_seconds=600.0)
    bench.clock.run()

    assert bench.given_up == [("EventAgeExceeded", 0, THROTTLED)]
    assert 255 <= bench.times[-1] <= 600


def test_an_event_that_would_be_too_old_at_its_retry_is_given_up_before():
    bench = Bench(FAILED)
    bench.accept(max_age_seconds=100.0)
    bench.clock.run()

    assert (bench.times, bench.given_up) == ([0, 60], [("EventAgeExceeded", 2, FAILED)])


def test_on_a_fast_clock_an_event_may_be_older_than_its_function_says():
    bench = Bench(FAILED, shortest_age_seconds=lambda: 1000.0)
    bench.accept(max_age_seconds=60.0)
    bench.clock.run()

    assert bench.times == [0, 60, 180]
    assert bench.given_up == [("RetriesExhausted", 3, FAILED)]


def test_a_record_has_the_fields_of_lambdas():
    event = AsynchronousEvent(
        request_id="r", function_arn=ARN, payload={"a": 1}, accepted_at=0, max_retries=2, max_age_seconds=60
    )
    now = dt.datetime(2026, 11, 14, 18, 16, 5, 568000, dt.UTC)

    record = make_record(
        event, "RetriesExhausted", 3, Outcome(kind="failed", response={"errorType": "E"}), now
    )

    # As in https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    assert record == {
        "version": "1.0",
        "timestamp": "2026-11-14T18:16:05.568Z",
        "requestContext": {
            "requestId": "r",
            "functionArn": f"{ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"a": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorType": "E"},
    }
    throttled = make_record(event, "EventAgeExceeded", 0, THROTTLED, now)
    assert throttled.keys() == record.keys() - {"responseContext", "responsePayload"}
