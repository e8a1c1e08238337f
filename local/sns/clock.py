"""The emulator's clock, which also calls actions at a time."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from local.emulated_clock import EmulatedClock

Action = Callable[[], object]

_LONGEST_WAIT_SECONDS = 0.2

_log = logging.getLogger(__name__)


class Clock(Protocol):
    """A time source that also calls actions at a time; both in seconds since the epoch."""

    def now(self) -> float:
        """Return the present time."""
        ...

    def wall(self) -> float:
        """Return the machine's own time, which receivers compare with theirs."""
        ...

    def call_at(self, when: float, action: Action) -> None:
        """Call `action` once, at `when` or as soon as possible after it."""
        ...


class Agenda:
    """Actions in the order of their time, then of their entry."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Action]] = []
        self._counter = itertools.count()

    def add(self, when: float, action: Action) -> None:
        """Note an action for a time."""
        heapq.heappush(self._entries, (when, next(self._counter), action))

    def next_time(self) -> float | None:
        """Return the time of the next action, or None where there is none."""
        return self._entries[0][0] if self._entries else None

    def take(self) -> Action:
        """Remove the next action, and return it."""
        return heapq.heappop(self._entries)[2]


class RunningClock:
    """Follow the emulator's time; one thread calls the actions, which have to be quick."""

    def __init__(self, clock: EmulatedClock | None = None) -> None:
        self._clock = clock or EmulatedClock()
        self._agenda = Agenda()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="sns-schedule", daemon=True)
        self._thread.start()

    def now(self) -> float:
        """Return the present time."""
        return self._clock.now()

    def wall(self) -> float:
        """Return the machine's own time."""
        return time.time()

    def call_at(self, when: float, action: Action) -> None:
        """Have the thread call `action` at `when`."""
        with self._changed:
            self._agenda.add(when, action)
            self._changed.notify()

    def close(self) -> None:
        """Stop the thread; what is still on the agenda is never called."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _seconds_until(self, due: float) -> float:
        # Looked at again soon, since the clock may run faster by then.
        return min((due - self.now()) / self._clock.speed, _LONGEST_WAIT_SECONDS)

    def _serve(self) -> None:
        while (action := self._wait_for_next()) is not None:
            try:
                action()
            except Exception:  # noqa: BLE001 - one faulty action must not end every later delivery
                _log.exception("a scheduled SNS action failed")

    def _wait_for_next(self) -> Action | None:
        with self._changed:
            while not self._closed:
                due = self._agenda.next_time()
                if due is not None and due <= self.now():
                    return self._agenda.take()
                self._changed.wait(None if due is None else self._seconds_until(due))
            return None
