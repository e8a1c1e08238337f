from __future__ import annotations

import threading
import time

import pytest

from local.sns.clock import RunningClock
from tests.support.driven_clock import DrivenClock


@pytest.fixture
def running():
    clock = RunningClock()
    yield clock
    clock.close()


def test_a_driven_clock_calls_in_the_order_of_time():
    clock, called = DrivenClock(100), []
    clock.call_at(103, lambda: called.append("third"))
    clock.call_at(101, lambda: called.append("first"))
    clock.call_at(101, lambda: called.append("second"))

    clock.advance(1)
    assert called == ["first", "second"]
    clock.advance(1.9)
    assert called == ["first", "second"]
    clock.run()
    assert (called, clock.now()) == (["first", "second", "third"], 103)


def test_a_driven_clock_shows_each_action_its_own_time():
    clock, times = DrivenClock(), []

    def again():
        times.append(clock.now())
        clock.call_at(clock.now() + 2, again)

    again()
    clock.advance(5)

    assert times == [0, 2, 4]
    assert clock.now() == 5


def test_a_driven_clock_does_not_go_back_for_what_is_late():
    clock, times = DrivenClock(), []
    clock.call_at(1, lambda: times.append(clock.now()))
    clock.spend(3)
    clock.run()

    assert times == [3]


def test_a_running_clock_calls_what_is_due_in_the_order_of_time(running):
    called, done = [], threading.Event()
    now = running.now()
    running.call_at(now + 0.2, done.set)
    running.call_at(now + 0.1, lambda: called.append("second"))
    running.call_at(now - 1, lambda: called.append("first"))

    assert done.wait(60)
    assert called == ["first", "second"]


def test_a_running_clock_does_not_call_early(running):
    times = []
    done = threading.Event()
    when = time.time() + 0.05
    running.call_at(when, lambda: (times.append(time.time()), done.set()))

    assert done.wait(60)
    assert times[0] >= when


def test_a_faulty_action_does_not_stop_a_running_clock(running, caplog):
    done = threading.Event()
    running.call_at(0, lambda: 1 / 0)
    running.call_at(1, done.set)

    assert done.wait(60)
    assert "ZeroDivisionError" in caplog.text


def test_a_closed_clock_calls_nothing_more():
    clock, called = RunningClock(), []
    clock.call_at(clock.now() + 3600, lambda: called.append("late"))
    clock.close()

    assert called == []
