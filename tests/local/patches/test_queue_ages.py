"""The age of a queue's oldest message, as CloudWatch has it."""

from __future__ import annotations

import time

import pytest

from local.emulated_clock import EmulatedClock
from local.patches import queue_ages


def test_the_oldest_message_counts_whether_it_is_hidden_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_ages, "read_clock", EmulatedClock)
    now = time.time()
    queue = {"messages": [{"sent_at": now - 5}, {"sent_at": now - 90, "visible_at": now + 30}]}
    assert 90 <= queue_ages.oldest_seconds(queue) < 95
    assert queue_ages.oldest_seconds({"messages": []}) == 0.0


def test_an_age_is_one_of_the_emulator_s_clock(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    clock = EmulatedClock(tmp_path / "clock")
    clock.run_at(1)
    clock.run_at(100)
    monkeypatch.setattr(queue_ages, "read_clock", lambda: clock)
    sent_at = time.time()
    monkeypatch.setattr(queue_ages.time, "time", lambda: sent_at + 2)
    assert queue_ages.oldest_seconds({"messages": [{"sent_at": sent_at}]}) == pytest.approx(200, rel=0.01)
