"""The emulator's clock: it can run faster than the machine's, so that days pass in minutes.

It is the time that the functions see, that SNS waits by and writes in its log, that schedules follow and
that asynchronous invocations are retried by. Signed messages carry the machine's time, which receivers check,
and nothing speeds up the network: an attempt may take as long as on AWS.

The clock is a file with a line for each change of its speed, so that every process reads the same time:
the machine's time at the change, the clock's own, and the speed. Times are in seconds since 1970.
`local.patches.worker_process`, which can import nothing of ours, reads the file as `read` does.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

CLOCK = "ORDER_WEBHOOKS_CLOCK"


class _Segment(NamedTuple):
    real: float
    emulated: float
    speed: float


_MACHINE: tuple[_Segment, ...] = (_Segment(0.0, 0.0, 1.0),)


class EmulatedClock:
    """A clock in a file; without a file, the machine's."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._size = -1
        self._segments = _MACHINE

    @property
    def speed(self) -> float:
        """How many times as fast as the machine's clock it runs now."""
        return self._read()[-1].speed

    def now(self) -> float:
        """Return what the clock shows."""
        return self.at(time.time())

    def at(self, real: float) -> float:
        """Return what the clock shows when the machine's clock shows `real`, a change to come left aside."""
        segments = self._read()
        segment = next((each for each in reversed(segments) if each.real <= real), segments[0])
        return segment.emulated + (real - segment.real) * segment.speed

    def run_at(self, speed: float) -> None:
        """Let the clock run at another speed from now on; it never goes back, and never slower than time."""
        if self._path is None or not (math.isfinite(speed) and speed >= 1):
            raise ValueError(f"no clock of {speed} times the machine's speed")
        real = time.time()
        emulated = self.at(real) if self._path.exists() else real
        # One write of one line: a reader never sees a part of it.
        with self._path.open("ab", buffering=0) as file:
            file.write(f"{real!r} {emulated!r} {speed!r}\n".encode())

    def _read(self) -> tuple[_Segment, ...]:
        if self._path is not None and self._path.exists() and self._path.stat().st_size != self._size:
            text = self._path.read_bytes()
            self._segments = tuple(_Segment(*map(float, line.split())) for line in text.splitlines())
            self._size = len(text)
        return self._segments


def read_clock(environment: Mapping[str, str] = os.environ) -> EmulatedClock:
    """Return the clock of the environment."""
    path = environment.get(CLOCK)
    return EmulatedClock(Path(path) if path else None)


def start_clock(path: Path, speed: float = 1.0) -> dict[str, str]:
    """Start a clock in a file, and return the environment in which the emulator follows it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    EmulatedClock(path).run_at(speed)
    return {CLOCK: str(path)}
