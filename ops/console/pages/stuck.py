"""What does not move: failed executions, deliveries of all webhooks, and dead letters."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from ops.console.batches import Progress, change_each
from ops.console.changes import sentence_of
from ops.console.elements import Column, Row
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import order_link
from ops.console.pages.dead_letter_queue import DeadLetterQueue
from ops.console.pages.parts import card
from ops.console.pages.selection import Selection
from ops.console.pages.stuck_deliveries import DEAD, OPEN, StuckDeliveries
from ops.console.stage import Stage
from ops.console.stuck_reading import MOST_DEAD, MOST_PER_WEBHOOK, StuckReading, read_stuck
from ops.dead_letters.messages import DEAD_LETTER_QUEUES
from ops.redrive import Descriptions, FailedExecution, redrive_orders
from ops.target import Target
from ops.words import number_of

_EXECUTIONS = (
    Column(key="order", label="Order", kind="code"),
    Column(key="status", label="Status", kind="status"),
    Column(key="error", label="Error"),
    Column(key="stopped", label="Stopped", kind="date"),
)


def build_stuck(stage: Stage) -> None:
    """Build the page."""
    with frame(stage, "/stuck", "Stuck"):
        executions = _executions(stage)
        dead = StuckDeliveries(
            stage,
            "Dead deliveries",
            DEAD,
            empty="No delivery is dead.",
            more=f"The latest {MOST_DEAD} of all webhooks. A recovery of one webhook sends all of its own.",
        )
        waiting = StuckDeliveries(
            stage,
            "Deliveries that wait or are retried",
            OPEN,
            empty="No delivery waits.",
            more=f"The oldest {MOST_PER_WEBHOOK} of each webhook.",
        )
        described: Descriptions = {}
        queues = {queue: DeadLetterQueue(stage, queue) for queue in DEAD_LETTER_QUEUES}

        def show(reading: StuckReading) -> None:
            executions.set_rows([_row(each) for each in reading.failed])
            dead.show(reading.dead, reading.statuses)
            waiting.show(reading.waiting, reading.statuses)
            for depth in reading.depths:
                queues[depth.queue].set_depth(depth)

        Live(stage, lambda target: read_stuck(target, described), show)


def _executions(stage: Stage) -> Selection:
    with card("Failed executions"):
        executions = Selection(stage, "Failed executions", _EXECUTIONS, "No execution has failed.")
        with ui.element("div").classes("actions"):
            executions.button(
                "Redrive the selected",
                says=lambda count: (
                    f"{number_of(count, 'execution')}. Each continues from the state that failed: fix the "
                    "cause first. No payment is taken twice."
                ),
                change=_redrive,
            )
    return executions


def _redrive(target: Target, keys: Sequence[str], progress: Progress) -> str:
    change_each(keys, lambda key: sentence_of(redrive_orders(target, [key])), progress)
    return progress.sentence("Redriven", "execution")


def _row(failed: FailedExecution) -> Row:
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
