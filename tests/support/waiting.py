"""Wait for something that happens in another thread or process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Generous: it is only ever waited out by a test that fails.
_LONGEST_WAIT_SECONDS = 90


def wait_for(
    look: Callable[[], Found | None], what: str = "what is waited for", seconds: float = _LONGEST_WAIT_SECONDS
) -> Found:
    """Return what `look` returns as soon as it is true; raise AssertionError where it does not become so."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds:g} s")
        time.sleep(0.05)
