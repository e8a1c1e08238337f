"""Changes of many things, one after the other, with progress and a button that stops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from nicegui import ui

from ops.console.changes import do
from ops.console.stage import Stage
from ops.errors import OpsError
from ops.target import Target
from ops.words import number_of

Item = TypeVar("Item")

_SHOWN_EVERY_SECONDS = 0.2


@dataclass(slots=True)
class Progress:
    """How far a change has come; `refused` says why some things were not changed."""

    total: int
    done: int = 0
    is_stopped: bool = False
    refused: list[str] = field(default_factory=list)

    def advance(self) -> None:
        """Count one more thing; raise `OpsError` where the viewer has stopped the change before the last."""
        self.done += 1
        if self.is_stopped and self.done < self.total:
            raise OpsError(f"Stopped after {self.done} of {self.total}.{self._first_refusal()}")

    def sentence(self, what: str, thing: str) -> str:
        """Return what was done, such as "Removed: 3 messages."; raise `OpsError` where some were refused."""
        changed = f"{what}: {number_of(self.done - len(self.refused), thing)}."
        if self.refused:
            raise OpsError(f"{changed}{self._first_refusal()}")
        return changed

    def _first_refusal(self) -> str:
        if not self.refused:
            return ""
        return f" Refused: {len(self.refused)}, the first: {self.refused[0]}"


def change_each(items: Iterable[Item], change: Callable[[Item], object], progress: Progress) -> None:
    """Change one thing after the other; one that is refused does not stop the others."""
    for item in items:
        try:
            change(item)
        except OpsError as error:
            progress.refused.append(str(error))
        progress.advance()


async def do_with_progress(
    stage: Stage, label: str, total: int, change: Callable[[Target, Progress], str]
) -> None:
    """Make a change in a thread, show how far it is, and then what was done, or why not."""
    progress = Progress(total)

    def stop() -> None:
        progress.is_stopped = True

    dialog = ui.dialog(value=True).props(f'persistent aria-label="{label}"')
    with dialog, ui.element("div").classes("card"):
        ui.label(label)
        bar = ui.linear_progress(0, show_value=False).props('aria-label="Progress"')
        count = ui.label(f"0 of {total}").props("role=status")
        ui.button("Stop", on_click=stop).props("no-caps flat")

    def show() -> None:
        bar.set_value(progress.done / total)
        count.set_text(f"{progress.done} of {total}")

    timer = ui.timer(_SHOWN_EVERY_SECONDS, show)
    try:
        await do(stage, lambda target: change(target, progress))
    finally:
        timer.cancel()
        dialog.close()
        dialog.delete()
