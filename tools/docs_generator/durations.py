"""Durations in words."""

from __future__ import annotations

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def spoken(seconds: float) -> str:
    """Return a time in its largest unit, to a tenth of it: `2 seconds`, `1.5 hours`, `3.1 days`."""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    count = round(seconds / size, 1)
    return f"{count:g} {unit}" if count == 1 else f"{count:g} {unit}s"
