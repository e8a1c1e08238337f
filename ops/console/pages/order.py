"""One order: its way as bars, what happens next, the state machine, log records and the event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from ops.console.changes import change_button, sentence_of
from ops.console.elements import Bars, Moment, Picture, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import status_mark, webhook_link
from ops.console.order_filters import Filters
from ops.console.order_reading import OrderReading, read_order
from ops.console.pages.order_tables import RECORDS, STEPS, record_row, step_row
from ops.console.pages.parts import fact, heading, preformatted
from ops.console.stage import Stage
from ops.instants import read_instant
from ops.money import money
from ops.redeliver import redeliver_order
from ops.redrive import redrive_orders
from ops.target import Target
from ops.trace.following import Following


def build_order(stage: Stage, request_id: str) -> None:
    """Build the page of one order."""
    with frame(stage, "/orders", f"Order {request_id}"):
        page = _OrderPage(stage, request_id)
        page.live = Live(
            stage,
            lambda target: read_order(target, request_id, stage.attempts),
            page.show,
            lambda reading: reading.is_settled,
        )


class _OrderPage:
    live: Live[OrderReading]

    def __init__(self, stage: Stage, request_id: str) -> None:
        self._stage = stage
        self._request_id = request_id
        self._linear = False
        self._reading: OrderReading | None = None
        self._shown: Sequence[Following] | None = None
        with ui.element("div").classes("head"):
            self._facts = ui.element("div").style("flex: 1 1 20rem; min-width: 0")
            self._buttons()
        self._next = ui.element("div").classes("notice").props("role=status")
        with ui.element("section").classes("card"):
            with ui.element("div").classes("head"):
                heading("The order's way, from the request to the webhooks")
                ui.switch("True to scale", on_change=self._rescale).props("dense")
            hint = "Select a bar for its times. Stretches with little in them are drawn shorter."
            self._bars = Bars("The order's way as bars on a time axis", hint)
        with ui.element("section").classes("card"):
            heading("State machine, with the path taken")
            self._graph = Picture("states", "State machine")
        with ui.element("section").classes("card"):
            heading("Step by step")
            self._steps = Rows("Step by step", STEPS, empty="Nothing is recorded yet.")
            self._notes = ui.element("div").classes("soft")
        with ui.element("section").classes("card"):
            heading("The event, as webhooks receive it")
            self._event = ui.element("div")
        with ui.element("section").classes("card"):
            heading("Log records")
            self._records = Rows("Log records", RECORDS, empty="No function has logged this order yet.")

    def show(self, reading: OrderReading) -> None:
        """Show what has changed."""
        self._reading = reading
        self._show_facts(reading.order)
        self._show_following(reading)
        self._draw_bars()
        self._graph.draw(reading.graph)
        self._steps.set_rows([step_row(place, each) for place, each in enumerate(reading.entries)])
        self._records.set_rows([record_row(place, each) for place, each in enumerate(reading.lines)])
        self._notes.clear()
        with self._notes:
            for note in reading.notes:
                ui.label(f"Note: {note}")
        self._event.clear()
        with self._event:
            if reading.event:
                preformatted(reading.event)
            else:
                ui.label("It is published when the order has an outcome.").classes("empty")
        self._redrive.set_visibility(reading.redrivable)
        self._redeliver.set_visibility(bool(reading.event))

    def _show_facts(self, order: Mapping[str, Any]) -> None:
        self._facts.clear()
        if not order:
            return
        with self._facts, ui.element("dl").classes("facts"):
            with fact("Status"):
                ui.label(str(order["status"])).classes(f"badge {status_mark(str(order['status']))}").style(
                    "display: inline"
                )
            with fact("Amount"):
                ui.label(money(int(order["total_amount"]), str(order["currency"])))
            with fact("Reference"):
                ui.label(str(order["reference"]))
            with fact("Client"):
                ui.link(str(order["client_id"]), Filters(client=str(order["client_id"])).url())
            with fact("Created"):
                Moment(read_instant(str(order["created_at"])))
            if reason := (order.get("payment") or {}).get("reason"):
                with fact("Payment"):
                    ui.label(str(reason))

    def _show_following(self, reading: OrderReading) -> None:
        # A screen reader reads it out when it changes.
        if self._shown is not None and self._shown == reading.following:
            return
        self._shown = reading.following
        self._next.clear()
        with self._next:
            for each in reading.following:
                with ui.element("div"):
                    _inline("Next: ")
                    if each.webhook_id is not None:
                        ui.link(
                            reading.places.get(each.webhook_id, each.webhook_id),
                            webhook_link(each.webhook_id),
                        )
                        _inline(": ")
                    _inline(each.text.before)
                    if each.text.at is not None:
                        _inline(" ")
                        Moment(each.text.at, "until" if each.text.at > reading.read_at else "since")
                    _inline(f"{each.text.after}.")

    def _buttons(self) -> None:
        with ui.element("div").classes("actions"):
            self._redeliver = change_button(
                self._stage,
                "Redeliver",
                says=lambda: (
                    "The order's event is published again to all webhooks of its client, with the same ID, "
                    "so that a receiver recognises a duplicate."
                ),
                change=self._publish_again,
                done=self._refresh,
            )
            self._redrive = change_button(
                self._stage,
                "Redrive",
                says=lambda: "The execution continues from the state that failed. No payment is taken twice.",
                change=lambda target: sentence_of(redrive_orders(target, [self._request_id])),
                done=self._refresh,
            )
        self._redeliver.set_visibility(False)
        self._redrive.set_visibility(False)

    def _publish_again(self, target: Target) -> str:
        return sentence_of(redeliver_order(target, self._request_id, None))

    def _refresh(self) -> None:
        self.live.refresh()

    def _rescale(self, event: Any) -> None:  # noqa: ANN401 - NiceGUI's
        self._linear = bool(event.value)
        self._draw_bars()

    def _draw_bars(self) -> None:
        if self._reading is not None:
            self._bars.set_lanes(self._reading.lanes, self._reading.read_at, linear=self._linear)


def _inline(text: str) -> None:
    ui.label(text).style("display: inline; white-space: pre-wrap")
