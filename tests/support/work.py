"""Compare the processor time of two calls."""

from __future__ import annotations

import time
from collections.abc import Callable


def processor_seconds(call: Callable[[], object], *, times: int = 3) -> float:
    """Return the least processor time of some calls: what others do on the machine does not count."""

    def one() -> float:
        started = time.process_time()
        call()
        return time.process_time() - started

    return min(one() for _ in range(times))
