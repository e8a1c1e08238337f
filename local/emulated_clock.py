"""The emulator's clock: it runs faster than the machine's, so that days pass in minutes.

It is the time that the functions see, that SNS waits by and writes in its log, that schedules follow and
that asynchronous invocations are retried by. Signed messages carry the machine's time, which receivers check,
and nothing speeds up the network: an attempt may take as long as on AWS.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

CLOCK = "ORDER_WEBHOOKS_CLOCK"


@dataclass(frozen=True, slots=True)
class EmulatedClock:
    """A clock with the machine's time at `origin` and goes `speed` times as fast. Seconds since 1970."""

    origin: float = 0.0
    speed: float = 1.0

    def at(self, real: float) -> float:
        """Return what the clock shows when the machine's clock shows `real`."""
        return self.origin + (real - self.origin) * self.speed

    def now(self) -> float:
        """Return what the clock shows."""
        return self.at(time.time())


def clock_setting(speed: float) -> str:
    """Return the value of `CLOCK` for a clock that goes `speed` times as fast from now on."""
    return f"{time.time()}:{speed}"


def read_clock(environment: Mapping[str, str]) -> EmulatedClock:
    """Return the clock that is set, else the machine's; raise ValueError where the setting makes no sense."""
    setting = environment.get(CLOCK)
    if not setting:
        return EmulatedClock()
    origin, speed = map(float, setting.split(":"))
    if not (math.isfinite(origin) and math.isfinite(speed) and speed >= 1):
        raise ValueError(f"{CLOCK} must be ORIGIN:SPEED, with a speed from 1 up")
    return EmulatedClock(origin, speed)
