from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from local.emulated_clock import EmulatedClock, read_clock, start_clock
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


def test_without_a_file_it_is_the_machines_clock():
    clock = read_clock({})

    assert clock.at(1_000.5) == 1_000.5
    assert clock.speed == 1


def test_it_goes_on_from_where_it_was_at_each_change_of_speed(tmp_path):
    path = tmp_path / "clock"
    path.write_text("1000.0 1000.0 1.0\n1010.0 1010.0 100.0\n1020.0 2010.0 2.0\n")
    clock = EmulatedClock(path)

    assert [clock.at(each) for each in (1_005, 1_010, 1_015, 1_020, 1_021)] == [
        1_005,
        1_010,
        1_510,
        2_010,
        2_012,
    ]
    assert clock.speed == 2


def test_who_reads_it_in_another_process_sees_each_change(tmp_path):
    path = tmp_path / "clock"
    reader = read_clock(start_clock(path))
    before = reader.now()
    assert reader.speed == 1

    EmulatedClock(path).run_at(8640)
    assert reader.speed == 8640
    EmulatedClock(path).run_at(86_400)
    # Given up after 90 seconds.
    wait_for(lambda: reader.now() - before > 86_400)
    EmulatedClock(path).run_at(1)

    assert reader.at(before) == pytest.approx(before, abs=1e-6)
    assert reader.now() - time.time() > 80_000


@pytest.mark.parametrize("speed", [0, 0.5, -1, float("inf"), float("nan")])
def test_a_speed_that_makes_no_sense_is_refused(tmp_path, speed):
    with pytest.raises(ValueError, match="no clock"):
        start_clock(tmp_path / "clock", speed)


def test_what_is_due_in_a_day_is_called_within_the_minute_also_when_the_speed_changes_meanwhile(tmp_path):
    path = tmp_path / "clock"
    called = []
    clock = RunningClock(read_clock(start_clock(path)))
    clock.call_at(clock.now() + 86_400, lambda: called.append(clock.now()))
    EmulatedClock(path).run_at(100_000)
    wait_for(lambda: called)
    clock.close()

    assert clock.now() > called[0] > clock.wall() + 80_000


@pytest.mark.e2e
def test_functions_see_the_emulators_clock(tmp_path):
    packages = dict.fromkeys(("functions/__init__.py", "functions/domain/__init__.py"), "")
    files = {**packages, "functions/domain/instant.py": INSTANT}
    clock = EmulatedClock(tmp_path / "clock")
    with running_emulator(
        work_directory=tmp_path, extra_environment=start_clock(tmp_path / "clock", 8640)
    ) as emulator:
        function = create_function(emulator, FUNCTION, files=files, Timeout=60)
        # What SQS wrote is the machine's time.
        sent_at = time.time()
        event = {"Records": [{"attributes": {"SentTimestamp": str(round(sent_at * 1000))}}]}
        answer = invoke(emulator, function, event)

    (record,) = answer["event"]["Records"]
    sent_then = int(record["attributes"]["SentTimestamp"]) / 1000
    assert sent_then == pytest.approx(clock.at(sent_at), abs=8640 / 1000)
    # A day's sleep is one of ten seconds.
    seen = datetime.fromisoformat(answer["now"]).timestamp()
    assert timedelta(days=1).total_seconds() <= seen - sent_then <= clock.now() - sent_then
