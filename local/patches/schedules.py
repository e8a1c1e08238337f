"""Schedules follow the emulator's clock, and are looked at often enough."""

from __future__ import annotations

import time

from ministack.services import eventbridge, scheduler

from local.emulated_clock import read_clock
from local.patches.patch import Patch

_LONGEST_TICK_SECONDS = 1.0
# More often makes the machine busy with runs that find nothing to do.
_SHORTEST_INTERVAL_SECONDS = 0.25

_rate_seconds = eventbridge._parse_rate_seconds


def rate_seconds(expression: str) -> float | None:
    """Return the interval of a `rate(…)` expression on the machine's clock, which cron and at keep to."""
    interval = _rate_seconds(expression)
    return None if interval is None else max(interval / _speed(), _SHORTEST_INTERVAL_SECONDS)


def run_schedules() -> None:
    """Look at every schedule again and again."""
    while True:
        time.sleep(max(_SHORTEST_INTERVAL_SECONDS / 2, _LONGEST_TICK_SECONDS / _speed()))
        try:
            scheduler._tick_schedules()
        except Exception:  # noqa: BLE001 - one faulty schedule must not end the others
            scheduler.logger.exception("a schedule failed")


def _speed() -> float:
    return read_clock().speed


PATCHES = (
    Patch(
        fault="A schedule keeps to real time, while everything else here can be accelerated.",
        module="ministack.services.eventbridge",
        attribute="_parse_rate_seconds",
        source_sha256="0184f31e965ea4818d03466ad4f818bfbfc8ceecf5f6b0200526ad5454fa3fea",
        replacement=rate_seconds,
    ),
    Patch(
        fault="Schedules are looked at every ten seconds, so an accelerated one is late.",
        module="ministack.services.scheduler",
        attribute="_ticker_loop",
        source_sha256="51e1b1334023fb4a632d898aa0130eed4b945c6bd7c99cd171ca636436dc7f6d",
        replacement=run_schedules,
    ),
)
