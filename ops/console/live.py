"""Read again and again while a page is visible, and show what has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui import ui

from functions.domain.instant import now
from ops.console.calls import Calls, counted
from ops.console.stage import NotYet, Stage
from ops.errors import OpsError
from ops.instants import to_milliseconds
from ops.target import Target

T = TypeVar("T")

# A page that has nothing to wait for is read less often.
_SETTLED_FACTOR = 6
# Smaller differences come from reading two clocks one after the other.
_CLOCK_MS = 500


class Live(Generic[T]):
    """Calls `read` in a thread and `show` with its result, every interval while the page is visible.

    An error is shown in place of nothing: the last good state stays below it. `is_settled` says that a state
    will hardly change.
    """

    def __init__(
        self,
        stage: Stage,
        read: Callable[[Target], T],
        show: Callable[[T], None],
        is_settled: Callable[[T], bool] = lambda _: False,
    ) -> None:
        self._stage = stage
        self._read = read
        self._show = show
        self._is_settled = is_settled
        self._last: T | None = None
        self._due = 0.0
        self._visible = True
        self._ahead_ms = 0
        self.notice = ui.label("Reading…").classes("notice").props("role=status")
        # Below the heading.
        self.notice.move(target_index=1)
        with ui.element("div").classes("foot") as self._foot:
            self._note = ui.label()
        ui.on("visibility", self._set_visible)
        self._timer = ui.timer(stage.interval_seconds, self._tick)

    def refresh(self) -> None:
        """Read again now: something was changed."""
        self._due = 0.0

    def _set_visible(self, event: object) -> None:
        self._visible = bool(getattr(event, "args", True))

    async def _tick(self) -> None:
        if not self._visible or time.monotonic() < self._due:
            return
        try:
            found, calls, ahead_ms = await asyncio.to_thread(self._counted)
        except NotYet as error:
            self._notify(str(error), is_error=False)
            return
        except OpsError as error:
            self._notify(str(error), is_error=True)
            return
        except Exception as error:
            self._notify(f"The page failed ({type(error).__name__}): see the terminal.", is_error=True)
            raise
        every = self._stage.interval_seconds * (_SETTLED_FACTOR if self._is_settled(found) else 1)
        self._due = time.monotonic() + every - self._stage.interval_seconds / 2
        self.notice.set_visibility(False)
        self._set_clock(ahead_ms)
        self._note.set_text(f"{calls.count} calls to AWS, every {every:g} s while this page is visible.")
        if found != self._last:
            self._last = found
            self._show(found)

    def _set_clock(self, ahead_ms: int) -> None:
        """Count down by the stack's clock, where that is not the machine's."""
        if abs(ahead_ms - self._ahead_ms) >= _CLOCK_MS:
            self._ahead_ms = ahead_ms
            ui.run_javascript(f"window.consoleAheadMs = {ahead_ms}")

    def _counted(self) -> tuple[T, Calls, int]:
        with counted() as calls:
            found, instant = self._stage.call(lambda target: (self._read(target), target.now()))
            return found, calls, to_milliseconds(instant) - to_milliseconds(now())

    def _notify(self, sentence: str, *, is_error: bool) -> None:
        self.notice.set_text(sentence)
        self.notice.classes(add="failed" if is_error else "", remove="" if is_error else "failed")
        self.notice.set_visibility(True)
        self._due = time.monotonic() + self._stage.interval_seconds
