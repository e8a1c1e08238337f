from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from local.emulated_clock import CLOCK, EmulatedClock, clock_setting, read_clock
from local.emulator import running_emulator
from local.sns.clock import RunningClock
from tests.support.emulator import create_function, invoke
from tests.support.waiting import wait_for

INSTANT = """
from datetime import UTC, datetime

def now():
    return datetime.now(UTC)
"""
FUNCTION = """
import time
from functions.domain.instant import now

def handle(event, context):
    time.sleep(86_400)
    return {"now": now().isoformat(), "event": event}
"""


def test_without_a_setting_it_is_the_machines_clock():
    clock = read_clock({})

    assert clock.at(1_000.5) == 1_000.5
    assert clock.speed == 1


def test_it_starts_with_the_machines_clock_and_goes_faster():
    clock = EmulatedClock(origin=1_000.0, speed=100.0)

    assert [clock.at(each) for each in (1_000, 1_001, 1_010)] == [1_000, 1_100, 2_000]


def test_the_setting_is_read_back():
    before = time.time()
    clock = read_clock({CLOCK: clock_setting(8640)})

    assert clock.speed == 8640
    assert before <= clock.origin <= time.time()


@pytest.mark.parametrize("setting", ["5", "0:0.5", "0:inf", "nan:2", "a:b"])
def test_a_setting_that_makes_no_sense_is_refused(setting):
    with pytest.raises(ValueError, match=f"{CLOCK}|convert|unpack"):
        read_clock({CLOCK: setting})


def test_what_is_due_in_a_day_is_called_within_the_minute():
    called = []
    clock = RunningClock(EmulatedClock(origin=time.time(), speed=100_000))
    clock.call_at(clock.now() + 86_400, lambda: called.append(clock.now()))
    # Given up after 90 seconds.
    wait_for(lambda: called)
    clock.close()

    assert clock.now() > called[0] > clock.wall() + 80_000


@pytest.mark.e2e
def test_functions_see_the_emulators_clock(tmp_path):
    files = {
        "functions/__init__.py": "",
        "functions/domain/__init__.py": "",
        "functions/domain/instant.py": INSTANT,
    }
    with running_emulator(
        work_directory=tmp_path, extra_environment={CLOCK: f"{time.time() - 10}:8640"}
    ) as emulator:
        function = create_function(emulator, FUNCTION, files=files, Timeout=60)
        # What SQS wrote is the machine's time.
        sent_at = round(time.time() * 1000)
        event = {"Records": [{"attributes": {"SentTimestamp": str(sent_at)}}]}
        answer = invoke(emulator, function, event)

    ahead = timedelta(seconds=8639 * 10)
    seen = datetime.fromisoformat(answer["now"])
    sent = datetime.fromtimestamp(
        int(answer["event"]["Records"][0]["attributes"]["SentTimestamp"]) / 1000, seen.tzinfo
    )
    assert sent - datetime.fromtimestamp(sent_at / 1000, seen.tzinfo) >= ahead
    # A day's sleep is one of ten seconds.
    assert timedelta(days=1) <= seen - sent < timedelta(days=30)
