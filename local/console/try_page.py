"""The page on which to try the service: place orders, make the receiver fail, watch what it receives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from functions.domain.order_example import ORDER_EXAMPLE
from local.console.order_calls import post, sample_order, send_poison
from local.console.receiver_client import ReceivedRequest
from ops.console.changes import confirmed, do, show_error
from ops.console.elements import Column, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import order_link
from ops.console.pages.parts import card
from ops.console.stage import Stage
from ops.errors import OpsError
from ops.target import Target

_SHOWN = 50
_REQUESTS = (
    Column(key="at", label="Time", kind="clock"),
    Column(key="hook", label="Webhook"),
    Column(key="event", label="Event"),
    Column(key="order", label="Order", kind="code"),
    Column(key="number", label="Attempt", kind="number"),
    Column(key="status", label="Answered", kind="status"),
    Column(key="signature", label="Signature"),
)
_FAILURES = {
    "503": "503, service unavailable: SNS retries",
    "500": "500, an error of its own: SNS retries",
    "429": "429, too many requests",
    "404": "404, not found: SNS does not retry",
    "410": "410, gone: SNS does not retry",
    "hang up": "no answer: it closes the connection",
}


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A way for an order to end, and the payment method that leads there."""

    label: str
    payment_method: str


# All that is known of a provider of one's own.
APPROVED = (Ending(label="The example", payment_method=str(ORDER_EXAMPLE["payment_method"])),)
ENDINGS: Mapping[str, Sequence[Ending]] = {
    "simulated": (
        Ending(label="Approved", payment_method="pm_card_visa"),
        Ending(label="Declined", payment_method="pm_card_chargeDeclined"),
        Ending(label="Gateway down for two attempts", payment_method="pm_simulated_unavailable_2"),
        Ending(label="Gateway down", payment_method="pm_simulated_unavailable"),
    ),
    "stripe": (
        Ending(label="Approved", payment_method="pm_card_visa"),
        Ending(label="Declined", payment_method="pm_card_chargeDeclined"),
        Ending(label="Declined: needs authentication", payment_method="pm_card_authenticationRequired"),
        Ending(label="Processing for a while", payment_method="pm_simulated_processing"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class TryPage:
    """What the page needs to know of the laptop."""

    find_receiver: Any
    """Returns the receiver; raises `OpsError` while there is none."""
    clients: Sequence[str]
    endings: Sequence[Ending]

    def build(self, stage: Stage) -> None:
        """Build the page."""
        with frame(stage, "/try", "Try it"):
            with ui.element("div").classes("cards wide"):
                with card("Place an order"):
                    self._order_form(stage)
                with card("Make the receiver fail"):
                    self._failure_form(stage)
            with card("What the receiver gets"):
                table = Rows("Requests to the receiver, the newest first", _REQUESTS, empty="Nothing yet.")

            def show(found: list[ReceivedRequest]) -> None:
                table.set_rows([_row(place, each) for place, each in enumerate(found)])

            Live(stage, lambda _: self.find_receiver().requests(_SHOWN), show)

    def _order_form(self, stage: Stage) -> None:
        ending = ui.radio(
            {each.payment_method: each.label for each in self.endings}, value=self.endings[0].payment_method
        ).props('aria-label="How the order ends"')
        client = ui.select(list(self.clients), value=self.clients[0], label="Client").props("outlined dense")
        with ui.expansion("Your own JSON").props("dense"):
            own = ui.textarea("Order", value=json.dumps(ORDER_EXAMPLE, indent=2)).props("outlined autogrow")
            own.style("width: 100%").classes("code")
            use_own = ui.checkbox("Post this JSON instead")

        async def place() -> None:
            body = own.value if use_own.value else sample_order(str(ending.value))
            try:
                request_id = await asyncio.to_thread(
                    lambda: post(stage.find_target(), body, str(client.value))
                )
            except OpsError as error:
                show_error(error)
                return
            ui.navigate.to(order_link(request_id))

        with ui.element("div").classes("actions"):
            ui.button("Place the order and watch it", on_click=place).props("no-caps unelevated")

            async def poison() -> None:
                question = (
                    "A message that is not an order is put on the orders queue. It ends on "
                    "orders-dead-letters: see the page Stuck."
                )
                if await confirmed("Send", question):
                    await do(stage, send_poison)

            ui.button("Send a poison message", on_click=poison).props("no-caps outline")

    def _failure_form(self, stage: Stage) -> None:
        answer = ui.select(_FAILURES, value="503", label="It answers").props("outlined dense")
        times = ui.number("Deliveries that fail", value=2, min=1, max=100, step=1).props("outlined dense")
        always = ui.checkbox("All, until you stop it")
        delay = ui.number("Seconds before it answers", value=0, min=0, max=20).props("outlined dense")

        async def apply(plan: Mapping[str, Any], said: str) -> None:
            def change(_: Target) -> str:
                self.find_receiver().plan(**plan)
                return said

            await do(stage, change)

        async def fail() -> None:
            number = None if always.value else int(times.value or 1)
            plan: dict[str, Any] = {"times": number, "delay_seconds": float(delay.value or 0)}
            plan |= {"hang_up": True} if answer.value == "hang up" else {"status": int(str(answer.value))}
            which = "All deliveries" if number is None else f"The next {number} deliveries"
            await apply(plan, f"{which} fail. Place an order to see them retried.")

        with ui.element("div").classes("actions"):
            ui.button("Let it fail", on_click=fail).props("no-caps unelevated")
            ui.button(
                "Let it succeed again", on_click=lambda: apply({"status": 200}, "Deliveries succeed again.")
            ).props("no-caps outline")


def _row(place: int, request: ReceivedRequest) -> Row:
    is_good = request.status < 300
    mark = "failed" if request.outcome == "refused" else "ok" if is_good else "retry"
    return Row(
        key=f"{request.at} {place}",
        cells={
            "at": request.at,
            "hook": request.hook,
            "event": request.event_type or request.outcome,
            "order": request.subject,
            "number": str(request.number) if request.number else "",
            "status": str(request.status) if request.status else "nothing",
            "signature": request.signature,
        },
        links={"order": order_link(request.subject)} if request.subject else {},
        marks={"status": mark},
    )
