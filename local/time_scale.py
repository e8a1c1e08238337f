"""What the emulator multiplies the waits of asynchronous invocations and the intervals of schedules by."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

TIME_SCALE = "ORDER_WEBHOOKS_TIME_SCALE"


def read_time_scale(environment: Mapping[str, str] = os.environ) -> float:
    """Return the time scale, 1 where none is set; raise ValueError where it makes no sense."""
    scale = float(environment.get(TIME_SCALE) or 1)
    if not (math.isfinite(scale) and 0 < scale <= 1):
        raise ValueError(f"{TIME_SCALE} must be a number above 0, at most 1")
    return scale
