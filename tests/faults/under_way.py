"""Back pressure: no more orders are posted while as many are under way as this machine can process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tests.faults import collect
from tests.support.chain import Chain

# An order whose payment hangs or whose release fails is under way for up to a minute: with few at once,
# hardly anything is done meanwhile. With all at once, the queue's messages would wait for the emulator's
# processes longer than they are hidden.
_MOST = 128
_LOOK_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 300


class UnderWay:
    """How many orders are queued or have executions that run; thread-safe."""

    def __init__(self, count: Callable[[], int], most: int = _MOST) -> None:
        self._count = count
        self._most = most
        self._lock = threading.Lock()
        self._free = most
        self._looked_at = float("-inf")

    def wait(self) -> None:
        """Wait until one more order may be posted, but not for ever: what does not move is for the proof."""
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while not self._take() and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS / 2)

    def _take(self) -> bool:
        with self._lock:
            if self._free <= 0 and time.monotonic() - self._looked_at > _LOOK_SECONDS:
                self._free = self._most - self._count()
                self._looked_at = time.monotonic()
            if self._free <= 0:
                return False
            self._free -= 1
            return True


def orders_under_way(chain: Chain) -> int:
    """Return how many orders are on their queue, and how many executions run."""
    queued = sum(each.queue == "orders" for each in collect.queued_messages(chain))
    return queued + collect.count_running(chain)
