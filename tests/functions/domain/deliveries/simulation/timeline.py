"""One clock, and what happens at which instant."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from tests.functions.domain.deliveries.samples import T0


class Timeline:
    """Time passes only here; whatever was arranged for an instant happens when it is reached."""

    def __init__(self) -> None:
        self.now: datetime = T0
        self._arranged: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, instant: datetime, happens: Callable[[], None]) -> None:
        heapq.heappush(self._arranged, (instant, next(self._order), happens))

    def after(self, seconds: float, happens: Callable[[], None]) -> None:
        self.at(self.now + timedelta(seconds=seconds), happens)

    def advance(self, seconds: float) -> None:
        """Let time pass, in the middle of whatever is happening: other things happen meanwhile."""
        until = self.now + timedelta(seconds=seconds)
        while self._arranged and self._arranged[0][0] <= until:
            instant, _, happens = heapq.heappop(self._arranged)
            self.now = max(self.now, instant)
            happens()
        self.now = max(self.now, until)
