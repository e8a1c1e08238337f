"""A webhook's waiting rows, oldest event first, read page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from functions.domain.deliveries.due import DueEntry
from functions.domain.deliveries.serving.ports import Schedule

_PAGE = 100


class DueScan:
    """Goes through the index once; `next_due_at` is the earliest instant of those it has passed over."""

    def __init__(self, schedule: Schedule, webhook_id: str, after: str | None = None) -> None:
        self._schedule = schedule
        self._webhook_id = webhook_id
        self._after = after
        self._page: deque[DueEntry] = deque()
        self._is_read = False
        self.next_due_at: datetime | None = None

    def take(self, limit: int, accepts: Callable[[DueEntry], bool]) -> list[DueEntry]:
        """Return the next entries that are accepted, at most so many; fewer at the end."""
        taken: list[DueEntry] = []
        while len(taken) < limit and (entry := self._next()) is not None:
            if accepts(entry):
                taken.append(entry)
            elif entry.due_at is not None:
                self.next_due_at = min(self.next_due_at or entry.due_at, entry.due_at)
        return taken

    def put_back(self, entries: list[DueEntry]) -> None:
        """Have entries returned again."""
        self._page.extendleft(reversed(entries))

    def _next(self) -> DueEntry | None:
        if not self._page and not self._is_read:
            page = self._schedule.due_rows(self._webhook_id, self._after, _PAGE)
            self._is_read = len(page) < _PAGE
            self._page.extend(page)
            if page:
                self._after = page[-1].key
        return self._page.popleft() if self._page else None
