"""Functions that work on deliveries, killed at any of their AWS calls: before its effect or after it."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter

from tests.faults import plugged_workers
from tests.faults.injector import Injector
from tests.faults.plan import KILLED_ANYWHERE, killed_anywhere

# One of so many calls; which ones follows from the seed.
_CALLS_PER_KILL = 40


class Kills:
    """Decides which calls their caller does not survive; thread-safe."""

    def __init__(self, injector: Injector) -> None:
        self._injector = injector
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._left = dict(KILLED_ANYWHERE)

    def strikes(self, headers: dict[str, str], when: str, text: str) -> bool:
        """Return whether the caller is killed at a call with these parameters, and kill it."""
        function = plugged_workers.caller_of(headers)
        if function not in self._left:
            return False
        with self._lock:
            self._calls[function] += 1
            draw = f"{self._injector.seed}/{function}/{when}/{self._calls[function]}"
            if self._left[function] == 0 or hashlib.sha256(draw.encode()).digest()[0] % _CALLS_PER_KILL:
                return False
            self._left[function] -= 1
        self._injector.record(killed_anywhere(function), text)
        plugged_workers.kill_caller(headers)
        return True
