"""A time axis on which both milliseconds and hours can be read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log1p

from ops.instants import span

# Stretches of up to some of these milliseconds are drawn in proportion, longer ones ever shorter.
_PROPORTIONAL_MS = 40.0
_PARTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A place on the axis, in percent, and the time since its start."""

    place: float
    label: str


class Axis:
    """Places of instants from 0 to 100, between moments at which something began or ended.

    The stretch between two moments is as wide as the logarithm of its length: a wait of an hour does not
    squeeze the steps before it into one pixel. With `linear`, it is as wide as it is long.
    """

    def __init__(self, moments: Iterable[datetime], *, linear: bool = False) -> None:
        self._moments = sorted(set(moments))
        lengths = [
            (end - start) / timedelta(milliseconds=1)
            for start, end in zip(self._moments, self._moments[1:], strict=False)
        ]
        widths = lengths if linear else [log1p(each / _PROPORTIONAL_MS) for each in lengths]
        total = sum(widths) or 1.0
        self._places = [0.0]
        for width in widths:
            self._places.append(self._places[-1] + 100 * width / total)

    def place(self, instant: datetime) -> float:
        """Return an instant's place in percent."""
        after = bisect_right(self._moments, instant)
        if after == 0:
            return 0.0
        if after == len(self._moments):
            return self._places[after - 1]
        start, end = self._moments[after - 1], self._moments[after]
        part = (instant - start) / (end - start)
        return self._places[after - 1] + part * (self._places[after] - self._places[after - 1])

    def ticks(self) -> Sequence[Tick]:
        """Return evenly spaced ticks with the times at their places."""
        if len(self._moments) < 2:
            return []
        places = [100 * number / _PARTS for number in range(_PARTS + 1)]
        return [Tick(place=each, label=self._label(each)) for each in places]

    def _label(self, place: float) -> str:
        since = (self._instant(place) - self._moments[0]).total_seconds()
        return f"+{span(since)}" if place else "0"

    def _instant(self, place: float) -> datetime:
        after = min(bisect_right(self._places, place), len(self._places) - 1)
        start, end = self._places[after - 1], self._places[after]
        part = (place - start) / (end - start) if end > start else 0.0
        return self._moments[after - 1] + part * (self._moments[after] - self._moments[after - 1])
