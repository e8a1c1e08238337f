"""The messages of one dead-letter queue, with their reasons and bodies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from nicegui import ui

from ops.console.batches import Progress
from ops.console.changes import show_error
from ops.console.elements import Column, Row
from ops.console.marks import order_link
from ops.console.pages.parts import card, preformatted
from ops.console.pages.selection import Selection
from ops.console.stage import Stage
from ops.dead_letters.letter import DeadLetter
from ops.dead_letters.messages import (
    DEAD_LETTER_QUEUES,
    read_dead_letters,
    redrive_dead_letters,
    remove_dead_letters,
)
from ops.errors import OpsError
from ops.queues import Depth
from ops.target import Target
from ops.words import number_of

_COLUMNS = (
    Column(key="sent", label="Since", kind="date"),
    Column(key="why", label="Reason"),
    Column(key="about", label="Order", kind="code"),
    Column(key="message", label="Message ID", kind="code"),
)


class DeadLetterQueue:
    """A section of the page. Its messages are read on demand: receiving hides them for a moment."""

    def __init__(self, stage: Stage, queue: str) -> None:
        self._stage = stage
        self._queue = queue
        self._back = DEAD_LETTER_QUEUES[queue]
        self._read: dict[str, DeadLetter] = {}
        self._depth: Depth | None = None
        with card(f"Dead letters on {queue}"):
            self._count = ui.label().classes("soft")
            self._letters = Selection(stage, f"Dead letters on {queue}", _COLUMNS, "")
            self._buttons()
            self._bodies = ui.element("div")

    def set_depth(self, depth: Depth) -> None:
        """Show how many messages there are."""
        if depth == self._depth:
            return
        self._depth = depth
        self._count.set_text(
            f"About {number_of(depth.total, 'message')}." if depth.total else "The queue is empty."
        )
        self._actions.set_visibility(bool(depth.total or self._read))
        self._letters.table.set_visibility(bool(self._read))

    async def read(self) -> None:
        """Read the messages, and show them."""
        try:
            found = await asyncio.to_thread(
                self._stage.call, lambda target: read_dead_letters(target, self._queue)
            )
        except OpsError as error:
            show_error(error)
            return
        self._read = {each.message_id: each for each in found}
        self._letters.set_rows([_row(each) for each in found])
        self._letters.table.set_visibility(bool(found))
        self._bodies.clear()
        with self._bodies:
            for each in found:
                with ui.expansion(f"Body of {each.message_id}").props("dense"):
                    preformatted(each.body)

    def _buttons(self) -> None:
        with ui.element("div").classes("actions") as self._actions:
            ui.button("Read the messages", on_click=self.read).props("outline no-caps dense")
            self._letters.button(
                "Redrive the selected",
                says=lambda count: (
                    f"{number_of(count, 'message')}. Each goes back to {self._back} and is processed again."
                ),
                change=self._redrive,
                done=self.read,
            )
            self._letters.button(
                "Remove the selected",
                says=lambda count: (
                    f"{number_of(count, 'message')}. Each is deleted for good: nothing can bring it back."
                ),
                change=self._remove,
                done=self.read,
            )

    def _redrive(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        redrive_dead_letters(target, self._queue, keys, progress.advance)
        return progress.sentence(f"Back on {self._back}", "message")

    def _remove(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        remove_dead_letters(target, self._queue, keys, progress.advance)
        return progress.sentence("Removed", "message")


def _row(letter: DeadLetter) -> Row:
    return Row(
        key=letter.message_id,
        cells={
            "sent": letter.sent_at.isoformat(),
            "why": letter.why,
            "about": letter.about,
            "message": letter.message_id,
        },
        links={"about": order_link(letter.about)} if letter.about else {},
    )
