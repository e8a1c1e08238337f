"""A webhook's deliveries with their attempts; redeliver some."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from nicegui import ui

from functions.domain.deliveries.row import Attempt, RowState
from functions.domain.deliveries.row import Row as Delivery
from functions.domain.webhook import WebhookStatus
from ops.console.batches import Progress, change_each
from ops.console.changes import show_error
from ops.console.elements import Column, Row, Rows
from ops.console.marks import order_link, status_mark
from ops.console.pages.parts import card, choice, heading
from ops.console.pages.selection import Selection
from ops.console.pages.stuck_deliveries import redeliver
from ops.console.stage import Stage
from ops.console.url_filters import SPANS
from ops.console.webhook_reading import WebhookFilters, WebhookReading
from ops.deliveries import attempts_of_row
from ops.delivery_text import last_answer, reason_of
from ops.errors import OpsError
from ops.instants import span
from ops.target import Target
from ops.words import number_of

_DELIVERIES = (
    Column(key="time", label="Event of", kind="date"),
    Column(key="type", label="Event", kind="name"),
    Column(key="order", label="Order", kind="code"),
    Column(key="state", label="State", kind="status"),
    Column(key="attempts", label="Attempts", kind="number"),
    Column(key="answered", label="Last answer"),
    Column(key="due", label="Next", kind="until"),
)
_ATTEMPTS = (
    Column(key="time", label="Time", kind="clock"),
    Column(key="number", label="Attempt", kind="number"),
    Column(key="status", label="Answered", kind="status"),
    Column(key="took", label="Took", kind="number"),
    Column(key="response", label="Response"),
    Column(key="message", label="SNS message", kind="code"),
)
_STATES = {"": "every state", **{each.value: each.value for each in RowState}}
_TIMES = {"": "all that are kept", **SPANS}


class Deliveries:
    """Two sections of the page; that of the attempts is shown while deliveries are selected."""

    def __init__(self, stage: Stage, filters: WebhookFilters) -> None:
        self._stage = stage
        self._filters = filters
        self._rows: dict[str, Delivery] = {}
        with card("Deliveries"):
            with ui.element("div").classes("actions").props('role=search aria-label="Filters"'):
                choice("State", _STATES, filters.state, lambda value: filters.url(state=value))
                choice("Time", _TIMES, filters.since, lambda value: filters.url(since=value))
            empty = "No event was owed to this webhook yet, or none matches the filters."
            self._selection = Selection(stage, "Deliveries", _DELIVERIES, empty, on_pick=self._pick)
            with ui.element("div").classes("actions"):
                self._selection.button(
                    "Redeliver the selected",
                    says=lambda count: (
                        f"{number_of(count, 'event')}. Each is published again to this webhook alone, with "
                        "the same ID."
                    ),
                    change=self._redeliver,
                )
                self._older = ui.link("Older deliveries", "#")
                self._newest = ui.link("Newest deliveries", filters.url())
            self._newest.set_visibility(bool(filters.position))
            self._older.set_visibility(False)
            ui.label("Select a delivery to see its attempts.").classes("soft")
        with ui.element("section").classes("card") as self._details:
            heading("Attempts of the selected deliveries")
            self._attempts = Rows("Attempts", _ATTEMPTS, empty="SNS has not logged an attempt yet.")
        self._details.set_visibility(False)

    def show(self, reading: WebhookReading) -> None:
        """Show the deliveries, and a link to older ones."""
        status = reading.webhook.status
        self._rows = {each.key: each for each in reading.deliveries}
        self._selection.set_rows([_row(each, status) for each in reading.deliveries])
        self._older.set_visibility(reading.next is not None)
        if reading.next is not None:
            self._older.props["href"] = self._filters.url(position=reading.next)
            self._older.update()

    def _chosen(self, keys: Sequence[str]) -> list[Delivery]:
        return [self._rows[each] for each in keys if each in self._rows]

    async def _pick(self, keys: Sequence[str]) -> None:
        picked = self._chosen(keys)
        self._details.set_visibility(bool(picked))

        def read(target: Target) -> list[Attempt]:
            return [attempt for row in picked for attempt in attempts_of_row(target, row)]

        try:
            found = await asyncio.to_thread(self._stage.call, read)
        except OpsError as error:
            show_error(error)
            return
        self._attempts.set_rows([_attempt(each) for each in found])

    def _redeliver(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        change_each(self._chosen(keys), lambda row: redeliver(target, row), progress)
        return progress.sentence("Published again", "event")


def _row(row: Delivery, status: WebhookStatus) -> Row:
    is_of_order = row.event_type.startswith("order.")
    return Row(
        key=row.key,
        cells={
            "time": row.event_time,
            "type": row.event_type,
            "order": row.subject if is_of_order else "",
            "state": row.state.value,
            "attempts": str(row.attempts),
            "answered": last_answer(row) or reason_of(row, status),
            "due": row.due_at.isoformat() if row.due_at else "",
        },
        links={"order": order_link(row.subject)} if is_of_order else {},
        marks={"state": status_mark(row.state.value)},
    )


def _attempt(attempt: Attempt) -> Row:
    is_good = attempt.status is not None and attempt.status < 300
    return Row(
        key=f"{attempt.sns_message_id} {attempt.number}",
        cells={
            "time": attempt.at.isoformat(),
            "number": str(attempt.number),
            "status": str(attempt.status or "no answer"),
            "took": "" if attempt.duration_ms is None else span(attempt.duration_ms / 1000),
            "response": attempt.response,
            "message": attempt.sns_message_id,
        },
        marks={"status": "ok" if is_good else "failed"},
    )
