"""The memory of events already handled.

Deliveries are at least once: SNS repeats one whose answer got lost, and a redelivery days later is the same
event again. An event is *claimed* while it is worked on and *settled* once the work is done, so that neither
a crash in between loses it nor two copies arriving together are both worked on.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from typing import Protocol

# Longer than SNS waits for an answer (15 s): a process that still holds a claim after this has died.
LEASE_SECONDS = 60.0

Clock = Callable[[], float]


class Claim(Enum):
    """Give the result of an attempt to claim an event."""

    NEW = "new"
    BUSY = "busy"
    DONE = "done"


class SeenEvents(Protocol):
    """Remember events by id; every method must be safe to call from several threads."""

    def claim(self, event_id: str) -> Claim:
        """Take an event for a limited time, unless it is claimed (BUSY) or it was handled (DONE)."""

    def settle(self, event_id: str) -> None:
        """Remember the event as handled."""

    def release(self, event_id: str) -> None:
        """Give a claim back, so that the next copy of the event counts as new; a handled event stays so."""


class SeenInMemory:
    """Remember the latest events of this process, forgetting them when it ends."""

    def __init__(
        self, capacity: int = 100_000, lease_seconds: float = LEASE_SECONDS, clock: Clock = time.time
    ) -> None:
        self._capacity = capacity
        self._lease_seconds = lease_seconds
        self._clock = clock
        # Event id to the moment a claim lapses; None once handled.
        self._lapses_at: OrderedDict[str, float | None] = OrderedDict()
        self._lock = threading.Lock()

    def claim(self, event_id: str) -> Claim:
        """Take an event for a limited time, unless it is claimed (BUSY) or it was handled (DONE)."""
        with self._lock:
            now = self._clock()
            if event_id in self._lapses_at:
                lapses_at = self._lapses_at[event_id]
                if lapses_at is None:
                    return Claim.DONE
                if lapses_at > now:
                    return Claim.BUSY
            self._put(event_id, now + self._lease_seconds)
            return Claim.NEW

    def settle(self, event_id: str) -> None:
        """Remember the event as handled."""
        with self._lock:
            self._put(event_id, None)

    def release(self, event_id: str) -> None:
        """Give a claim back, so that the next copy of the event counts as new; a handled event stays so."""
        with self._lock:
            if self._lapses_at.get(event_id) is not None:
                del self._lapses_at[event_id]

    def _put(self, event_id: str, lapses_at: float | None) -> None:
        self._lapses_at[event_id] = lapses_at
        self._lapses_at.move_to_end(event_id)
        while len(self._lapses_at) > self._capacity:
            self._lapses_at.popitem(last=False)
