"""The result of a search for orders."""

from __future__ import annotations

import asyncio

from nicegui import ui

from ops.console.frame import frame
from ops.console.marks import order_link
from ops.console.pages.orders_table import order_row, orders_table
from ops.console.stage import Stage
from ops.errors import OpsError
from ops.orders.search import MOST, find
from ops.words import number_of


def build_find(stage: Stage, text: str) -> None:
    """Build the result of a search; one match is opened at once."""
    with frame(stage, "/find", f"Search: {text}"):
        notice = ui.label("Searching…").classes("notice").props("role=status")
        table = orders_table("")
        table.set_visibility(False)

        async def search() -> None:
            try:
                found = await asyncio.to_thread(stage.call, lambda target: find(target, text))
            except OpsError as error:
                notice.set_text(str(error))
                return
            if len(found) == 1:
                ui.navigate.to(order_link(found[0].request_id))
                return
            table.set_rows([order_row(each) for each in found])
            table.set_visibility(bool(found))
            notice.set_text(
                f"{'At least ' if len(found) == MOST else ''}{number_of(len(found), 'order')} match."
                if found
                else "No order matches. The ID of a message on the orders queue is found for a day, every "
                "other one as long as its record is kept."
            )

        ui.timer(0.05, search, once=True)
