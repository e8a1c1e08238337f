"""The list of orders, with filters in its URL, and search."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from urllib.parse import urlencode

from nicegui import ui

from ops.console.delivery_results import results_of
from ops.console.elements import Column, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import order_link, status_mark
from ops.console.search import find
from ops.console.stage import Stage
from ops.errors import OpsError
from ops.instants import read_span
from ops.money import money
from ops.orders.listing import (
    STATUSES,
    ListedOrder,
    OrderQuery,
    OrdersPage,
    Position,
    list_orders,
    orders_of_reference,
)
from ops.target import Target

PAGE_SIZE = 50
_COLUMNS = (
    Column(key="time", label="Time", kind="date"),
    Column(key="reference", label="Reference"),
    Column(key="client", label="Client"),
    Column(key="status", label="Status", kind="status"),
    Column(key="amount", label="Amount", kind="number"),
    Column(key="delivery", label="Delivery", kind="status"),
    Column(key="order", label="Request ID", kind="code"),
)
_SPANS = {"1h": "the last hour", "1d": "the last day", "7d": "the last 7 days", "30d": "the last 30 days"}
_MOST_OF_A_REFERENCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the URL asks for."""

    since: str = "1d"
    status: str = ""
    client: str = ""
    reference: str = ""
    position: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Filters:
        """Return what a URL's parameters ask for."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in parameters.items() if name in names})

    def url(self, **changes: str) -> str:
        """Return the page's URL with some of the filters changed."""
        values = {
            "since": self.since,
            "status": self.status,
            "client": self.client,
            "reference": self.reference,
            **changes,
        }
        return f"/orders?{urlencode({name: value for name, value in values.items() if value})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersReading:
    """A page of orders, and what became of their events by request ID."""

    page: OrdersPage
    results: Mapping[str, str]


def read_orders(target: Target, filters: Filters) -> OrdersReading:
    """Read the orders that the filters choose, and what became of their events."""
    page = read_page(target, filters)
    return OrdersReading(page=page, results=results_of(target, page.orders))


def read_page(target: Target, filters: Filters) -> OrdersPage:
    """Read the orders that the filters choose."""
    if filters.reference:
        found = orders_of_reference(target, filters.reference, _MOST_OF_A_REFERENCE)
        return OrdersPage(orders=found, next=None, read=len(found))
    until = target.now() + timedelta(minutes=1)
    query = OrderQuery(
        since=until - _span(filters.since),
        until=until,
        client_id=filters.client or None,
        status=filters.status if filters.status in STATUSES else None,
    )
    position = Position.read(filters.position) if filters.position else None
    return list_orders(target, query, PAGE_SIZE, position)


def _span(text: str) -> timedelta:
    try:
        return read_span(text)
    except ValueError:
        return timedelta(days=1)


def order_row(order: ListedOrder, result: str = "") -> Row:
    """Return an order's row in a table; `result` is what became of its event."""
    return Row(
        key=order.request_id,
        cells={
            "time": order.created_at,
            "reference": order.reference,
            "client": order.client_id,
            "status": order.status,
            "amount": money(order.total_amount, order.currency),
            "delivery": result,
            "order": order.request_id,
        },
        links={
            "order": order_link(order.request_id),
            "reference": order_link(order.request_id),
            "client": Filters(client=order.client_id).url(),
        },
        marks={"status": status_mark(order.status), "delivery": status_mark(result.partition(",")[0])},
    )


def orders_table(empty: str) -> Rows:
    """Add an empty table of orders."""
    return Rows("Orders, the newest first", _COLUMNS, empty=empty)


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
                older.props["href"] = f"{filters.url()}&{urlencode({'position': str(page.next)})}"
                older.update()
            note.set_text(f"{len(page.orders)} orders shown, {page.read} read.")

        Live(stage, lambda target: read_orders(target, filters), show, lambda _: bool(filters.position))


def _filter_bar(filters: Filters) -> None:
    with ui.element("div").classes("actions").props('role=search aria-label="Filters"'):
        _choice("Time", _SPANS, filters.since, lambda value: filters.url(since=value))
        statuses = {"": "every status", **{each: each for each in STATUSES}}
        _choice("Status", statuses, filters.status, lambda value: filters.url(status=value))
        _text("Client", filters.client, lambda value: filters.url(client=value, reference=""))
        _text("Reference", filters.reference, lambda value: filters.url(reference=value))


def _choice(label: str, options: dict[str, str], value: str, url: Callable[[str], str]) -> None:
    chosen = value if value in options else next(iter(options))
    ui.select(
        options, value=chosen, label=label, on_change=lambda event: ui.navigate.to(url(str(event.value)))
    ).props("dense outlined options-dense").style("min-width: 10rem")


def _text(label: str, value: str, url: Callable[[str], str]) -> None:
    box = ui.input(label, value=value).props("dense outlined clearable").style("min-width: 10rem")
    box.on("keydown.enter", lambda: ui.navigate.to(url((box.value or "").strip())))
    box.on("clear", lambda: ui.navigate.to(url("")))


def build_find(stage: Stage, text: str) -> None:
    """Build the result of a search; one match is opened at once."""
    with frame(stage, "/find", f"Search: {text}"):
        notice = ui.label("Searching…").classes("notice").props("role=status")
        table = orders_table("")
        table.set_visibility(False)

        async def search() -> None:
            try:
                found = await asyncio.to_thread(lambda: find(stage.find_target(), text))
            except OpsError as error:
                notice.set_text(str(error))
                return
            if len(found) == 1:
                ui.navigate.to(order_link(found[0].request_id))
                return
            table.set_rows([order_row(each) for each in found])
            table.set_visibility(bool(found))
            notice.set_text(
                f"{len(found)} orders match."
                if found
                else "No order matches. The ID of a message on the orders queue is found for a day, every "
                "other one as long as its record is kept."
            )

        ui.timer(0.05, search, once=True)
