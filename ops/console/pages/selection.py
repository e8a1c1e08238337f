"""A table whose selected rows a button acts on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from ops.console.batches import Progress, do_with_progress
from ops.console.changes import confirmed, hide_if_read_only
from ops.console.elements import Column, Row, Rows
from ops.console.stage import Stage
from ops.target import Target


async def _nothing() -> None:
    """Do nothing."""


class Selection:
    """A table with buttons below it, which are disabled while no row is selected."""

    def __init__(
        self,
        stage: Stage,
        caption: str,
        columns: Sequence[Column],
        empty: str,
        on_pick: Callable[[Sequence[str]], Awaitable[None]] | None = None,
    ) -> None:
        self._stage = stage
        self._buttons: list[ui.button] = []
        self._on_pick = on_pick
        self.table = Rows(caption, columns, empty=empty, on_pick=self._pick)

    def button(
        self,
        label: str,
        *,
        says: Callable[[int], str],
        change: Callable[[Target, Sequence[str], Progress], str],
        done: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        """Add a button that acts on the selected rows' keys, after it was confirmed."""

        async def act() -> None:
            keys = self.table.picked
            if keys and await confirmed(label, says(len(keys))):
                await do_with_progress(
                    self._stage, label, len(keys), lambda target, progress: change(target, keys, progress)
                )
                await done()

        button = ui.button(label, on_click=act).props("outline no-caps dense")
        hide_if_read_only(self._stage, button)
        self._buttons.append(button)
        self._enable()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; those that are gone are no longer selected."""
        self.table.set_rows(rows)
        self._enable()

    async def _pick(self, keys: Sequence[str]) -> None:
        self._enable()
        if self._on_pick is not None:
            await self._on_pick(keys)

    def _enable(self) -> None:
        for button in self._buttons:
            button.set_enabled(bool(self.table.picked))
