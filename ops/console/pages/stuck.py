"""What does not move: failed executions, dead letters, and events that wait for redelivery."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from nicegui import ui

from functions.domain.deliveries.row import Row as Delivery
from ops.console.changes import confirmed, disable_if_read_only, do, sentence_of
from ops.console.elements import Column, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import order_link, webhook_link
from ops.console.pages.parts import card, preformatted
from ops.console.stage import Stage
from ops.dead_letters.messages import (
    DEAD_LETTER_QUEUES,
    DeadLetter,
    read_dead_letters,
    redrive_dead_letters,
    remove_dead_letters,
)
from ops.deliveries import waiting_rows
from ops.errors import OpsError
from ops.queues import Depth, depth_of
from ops.redrive import FailedExecution, failed_executions, redrive_orders
from ops.target import Target

_EXECUTIONS = (
    Column(key="order", label="Order", kind="code"),
    Column(key="status", label="Status", kind="status"),
    Column(key="error", label="Error"),
    Column(key="stopped", label="Stopped", kind="date"),
)
_LETTERS = (
    Column(key="sent", label="Since", kind="date"),
    Column(key="why", label="Reason"),
    Column(key="about", label="Order", kind="code"),
    Column(key="message", label="Message ID", kind="code"),
)
_WAITING = (
    Column(key="due", label="Due", kind="until"),
    Column(key="order", label="Order", kind="code"),
    Column(key="type", label="Event"),
    Column(key="client", label="Client"),
    Column(key="webhook", label="Webhook", kind="code"),
)
# The oldest of each webhook: a failing one may have thousands.
_MOST_PER_WEBHOOK = 20
_FAILED_SINCE = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckReading:
    """What can be read without receiving messages."""

    failed: Sequence[FailedExecution]
    waiting: Sequence[Delivery]
    depths: Sequence[Depth]


def read_stuck(target: Target) -> StuckReading:
    """Read what is stuck."""
    return StuckReading(
        failed=list(failed_executions(target, _FAILED_SINCE)),
        waiting=waiting_rows(target, _MOST_PER_WEBHOOK),
        depths=[depth_of(target, queue) for queue in DEAD_LETTER_QUEUES],
    )


def build_stuck(stage: Stage) -> None:
    """Build the page."""
    with frame(stage, "/stuck", "Stuck"):
        with card("Failed executions"):
            executions = _Selection(stage, "Failed executions", _EXECUTIONS, "No execution has failed.")
            with ui.element("div").classes("actions"):
                executions.button(
                    "Redrive the selected",
                    says=lambda count: (
                        f"{count} executions continue from the state that failed. Fix the cause first. No "
                        "payment is taken twice."
                    ),
                    change=lambda target, keys: sentence_of(redrive_orders(target, list(keys))),
                )
        queues = {queue: _Queue(stage, queue) for queue in DEAD_LETTER_QUEUES}
        with card("Events that wait for redelivery"):
            waiting = Rows("Waiting events", _WAITING, empty="No event waits for redelivery.")

        def show(reading: StuckReading) -> None:
            executions.table.set_rows([_execution(each) for each in reading.failed])
            waiting.set_rows([_wait(each) for each in reading.waiting])
            for depth in reading.depths:
                queues[depth.queue].set_depth(depth)

        Live(stage, read_stuck, show)


async def _nothing() -> None:
    """Do nothing."""


class _Selection:
    """A table whose selected rows a button acts on."""

    def __init__(self, stage: Stage, caption: str, columns: Sequence[Column], empty: str) -> None:
        self._stage = stage
        self._buttons: list[ui.button] = []
        self.table = Rows(caption, columns, empty=empty, on_pick=lambda _: self._enable())

    def button(
        self,
        label: str,
        *,
        says: Callable[[int], str],
        change: Callable[[Target, Sequence[str]], str],
        done: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        """Add a button that acts on the selection, after it was confirmed."""

        async def act() -> None:
            keys = self.table.picked
            if keys and await confirmed(label, says(len(keys))):
                await do(self._stage, lambda target: change(target, keys))
                await done()

        button = ui.button(label, on_click=act).props("outline no-caps dense")
        disable_if_read_only(self._stage, button)
        self._buttons.append(button)
        self._enable()

    def _enable(self) -> None:
        for button in self._buttons:
            button.set_enabled(bool(self.table.picked) and not self._stage.read_only)


class _Queue:
    """A dead-letter queue. Its messages are read on demand: receiving hides them for a moment."""

    def __init__(self, stage: Stage, queue: str) -> None:
        self._stage = stage
        self._queue = queue
        self._read: dict[str, DeadLetter] = {}
        self._depth: Depth | None = None
        with card(f"Dead letters on {queue}"):
            self._count = ui.label().classes("soft")
            self._letters = _Selection(stage, f"Dead letters on {queue}", _LETTERS, "")
            with ui.element("div").classes("actions") as self._actions:
                self._reader = ui.button("Read the messages", on_click=self.read)
                self._reader.props("outline no-caps dense")
                back = DEAD_LETTER_QUEUES[queue]
                self._letters.button(
                    "Redrive the selected",
                    says=lambda count: f"{count} messages go back to {back} and are processed again.",
                    change=lambda target, keys: (
                        f"{len(redrive_dead_letters(target, queue, keys))} messages are on {back} again."
                    ),
                    done=self.read,
                )
                self._letters.button(
                    "Remove the selected",
                    says=lambda count: f"{count} messages are deleted for good. Nothing can bring them back.",
                    change=lambda target, keys: (
                        f"{len(remove_dead_letters(target, queue, keys))} messages are removed."
                    ),
                    done=self.read,
                )
            self._bodies = ui.element("div")

    def set_depth(self, depth: Depth) -> None:
        """Show how many messages there are."""
        if depth == self._depth:
            return
        self._depth = depth
        self._count.set_text(f"About {depth.total} messages." if depth.total else "The queue is empty.")
        self._actions.set_visibility(bool(depth.total or self._read))
        self._letters.table.set_visibility(bool(self._read))

    async def read(self) -> None:
        """Read the messages, and show them."""
        try:
            found = await asyncio.to_thread(lambda: read_dead_letters(self._stage.find_target(), self._queue))
        except OpsError as error:
            ui.notify(str(error), type="negative")
            return
        self._read = {each.message_id: each for each in found}
        self._letters.table.set_rows([_letter(each) for each in found])
        self._letters.table.set_visibility(bool(found))
        self._bodies.clear()
        with self._bodies:
            for each in found:
                with ui.expansion(f"Body of {each.message_id}").props("dense"):
                    preformatted(each.body)


def _execution(failed: FailedExecution) -> Row:
    return Row(
        key=failed.request_id,
        cells={
            "order": failed.request_id,
            "status": failed.status,
            "error": failed.error,
            "stopped": failed.stopped_at.isoformat(),
        },
        links={"order": order_link(failed.request_id)},
        marks={"status": "failed"},
    )


def _letter(letter: DeadLetter) -> Row:
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


def _wait(delivery: Delivery) -> Row:
    return Row(
        key=f"{delivery.event_id} {delivery.webhook_id}",
        cells={
            "due": delivery.due_at.isoformat() if delivery.due_at else "",
            "order": delivery.subject,
            "type": delivery.event_type,
            "client": delivery.client_id,
            "webhook": delivery.webhook_id,
        },
        links={"order": order_link(delivery.subject), "webhook": webhook_link(delivery.webhook_id)},
    )
