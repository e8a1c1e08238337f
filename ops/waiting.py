"""Wait for something that is looked at again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], deadline: float, poll_seconds: float) -> Found | None:
    """Return what `look` finds by a deadline of `time.monotonic`, else None. It looks at least once."""
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(poll_seconds)
    return found
