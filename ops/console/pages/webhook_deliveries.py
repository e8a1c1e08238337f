"""A webhook's deliveries with their attempts; redeliver some."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from nicegui import ui

from functions.domain.deliveries.row import Attempt, RowState
from ops.console.changes import show_error
from ops.console.elements import Column, Row, Rows
from ops.console.pages.delivery_selection import DeliverySelection
from ops.console.pages.parts import card, choice, heading
from ops.console.stage import Stage
from ops.console.url_filters import SPANS
from ops.console.webhook_reading import WebhookFilters, WebhookReading
from ops.deliveries import attempts_of_row
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
        with card("Deliveries"):
            with ui.element("div").classes("actions").props('role=search aria-label="Filters"'):
                choice("State", _STATES, filters.state, lambda value: filters.url(state=value))
                choice("Time", _TIMES, filters.since, lambda value: filters.url(since=value))
            empty = "No event was owed to this webhook yet, or none matches the filters."
            self._selection = DeliverySelection(stage, "Deliveries", _DELIVERIES, empty, on_pick=self._pick)
            with ui.element("div").classes("actions"):
                self._selection.button(
                    "Redeliver the selected",
                    says=lambda count: (
                        f"{number_of(count, 'event')}. Each is published again to this webhook alone, with "
                        "the same ID."
                    ),
                    change=self._selection.redeliver,
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
        webhook = reading.webhook
        self._selection.show(reading.deliveries, {webhook.webhook_id: webhook.status})
        self._older.set_visibility(reading.next is not None)
        if reading.next is not None:
            self._older.props["href"] = self._filters.url(position=reading.next)
            self._older.update()

    async def _pick(self, keys: Sequence[str]) -> None:
        picked = self._selection.chosen(keys)
        self._details.set_visibility(bool(picked))

        def read(target: Target) -> list[Attempt]:
            return [attempt for row in picked for attempt in attempts_of_row(target, row)]

        try:
            found = await asyncio.to_thread(self._stage.call, read)
        except OpsError as error:
            show_error(error)
            return
        self._attempts.set_rows([_attempt(each) for each in found])


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
