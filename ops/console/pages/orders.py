"""The list of orders, with filters in its URL."""

from __future__ import annotations

from nicegui import ui

from functions.domain.order import ORDER_STATUSES
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.order_filters import Filters
from ops.console.orders_reading import OrdersReading, read_orders
from ops.console.pages.orders_table import order_row, orders_table
from ops.console.pages.parts import choice, text_filter
from ops.console.stage import Stage
from ops.console.url_filters import SPANS
from ops.words import number_of


def build_orders(stage: Stage, filters: Filters) -> None:
    """Build the list."""
    with frame(stage, "/orders", "Orders"):
        _filter_bar(filters)
        with ui.element("section").classes("card"):
            table = orders_table("No order matches. Choose a longer time, or remove a filter.")
            with ui.element("div").classes("actions"):
                older = ui.link("Older orders", "#")
                newest = ui.link("Newest orders", filters.url())
                note = ui.label().classes("soft")
        newest.set_visibility(bool(filters.position))
        older.set_visibility(False)

        def show(reading: OrdersReading) -> None:
            page = reading.page
            table.set_rows(
                [order_row(each, reading.results.get(each.request_id, "")) for each in page.orders]
            )
            older.set_visibility(page.next is not None)
            if page.next is not None:
                older.props["href"] = filters.url(position=str(page.next))
                older.update()
            newest_alone = "The newest " if page.is_cut else ""
            note.set_text(f"{newest_alone}{number_of(len(page.orders), 'order')} shown, {page.read:,} read.")

        Live(stage, lambda target: read_orders(target, filters), show, lambda _: bool(filters.position))


def _filter_bar(filters: Filters) -> None:
    with ui.element("div").classes("actions").props('role=search aria-label="Filters"'):
        choice("Time", SPANS, filters.since, lambda value: filters.url(since=value))
        statuses = {"": "every status", **{each: each for each in ORDER_STATUSES}}
        choice("Status", statuses, filters.status, lambda value: filters.url(status=value))
        text_filter("Client", filters.client, lambda value: filters.url(client=value, reference=""))
        text_filter("Reference", filters.reference, lambda value: filters.url(reference=value))
