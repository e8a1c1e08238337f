"""The stack at a glance."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from ops.console.elements import Column, Picture, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import status_mark, webhook_link
from ops.console.orders_window import MOST
from ops.console.overview_reading import OverviewReader, OverviewReading
from ops.console.pages.introduction import introduction
from ops.console.pages.overview_charts import Charts
from ops.console.pages.parts import card
from ops.console.stage import Stage
from ops.instants import span

_QUEUES = (
    Column(key="queue", label="Queue"),
    Column(key="ready", label="Ready", kind="number"),
    Column(key="hidden", label="Hidden", kind="number"),
    Column(key="oldest", label="Oldest", kind="number"),
)
_FAILING = (
    Column(key="url", label="Calls", kind="url"),
    Column(key="client", label="Client", kind="name"),
    Column(key="status", label="Status", kind="status"),
)
_NOTHING = "-"
_reader = OverviewReader()


def build_overview(stage: Stage) -> None:
    """Build the overview."""
    with frame(stage, "/", "Overview"):
        introduction(stage)
        page = _Overview()
        Live(stage, _reader.read, page.show)


class _Overview:
    def __init__(self) -> None:
        with card("Needs attention"):
            self._concerns = ui.element("ul").style("margin: 0; padding-left: 1.2rem")
            self._calm = ui.label("Nothing needs attention.")
        with card("The service now"):
            self._picture = Picture("service", "The service, with what waits and fails")
        with ui.element("div").classes("cards"):
            self._paid = _number("Paid today (UTC)")
            self._outcome = _number("From the request to the outcome")
            self._delivery = _number("From the request to the webhook")
        with ui.element("div").classes("cards wide"):
            self._charts = Charts()
            with card("Queues"):
                self._queues = Rows("Queues", _QUEUES, empty="")
            with card("Failing webhooks"):
                self._failing = Rows("Failing webhooks", _FAILING, empty="Every webhook takes its events.")

    def show(self, reading: OverviewReading) -> None:
        """Show what has changed."""
        self._concerns.clear()
        self._concerns.set_visibility(bool(reading.concerns))
        self._calm.set_visibility(not reading.concerns)
        with self._concerns:
            for concern in reading.concerns:
                with ui.element("li"):
                    ui.link(concern.text, concern.href) if concern.href else ui.label(concern.text)
        self._picture.draw(reading.picture)
        sums = ", ".join(reading.paid_sums) or "No order was paid today."
        if reading.is_complete:
            self._paid(f"{reading.paid_today:,}", sums)
        else:
            self._paid(f"{reading.paid_today:,}+", f"{sums}, of the newest {MOST:,} orders alone")
        self._outcome(*_times(reading.seconds_to_outcome, "of the last 24 hours' orders"))
        self._delivery(*_times(reading.seconds_to_webhook, "of the last hour's deliveries"))
        self._queues.set_rows(
            [
                Row(
                    key=each.queue,
                    cells={
                        "queue": each.queue,
                        "ready": str(each.ready),
                        "hidden": str(each.hidden),
                        "oldest": "" if each.oldest_seconds is None else span(each.oldest_seconds),
                    },
                )
                for each in reading.queues
            ]
        )
        self._failing.set_rows(
            [
                Row(
                    key=each.webhook_id,
                    cells={"url": each.shown_url, "client": each.client_id, "status": each.status},
                    links={"url": webhook_link(each.webhook_id)},
                    marks={"status": status_mark(each.status)},
                )
                for each in reading.failing
            ]
        )
        self._charts.show(reading)


def _times(found: tuple[float, float] | None, of: str) -> tuple[str, str]:
    if found is None:
        return _NOTHING, f"None yet {of}."
    return span(found[0]), f"median; 95 % within {span(found[1])}, {of}"


def _number(label: str) -> Any:  # noqa: ANN401 - a function
    with ui.element("section").classes("card"):
        ui.label(label).classes("soft")
        big = ui.label(_NOTHING).classes("big")
        small = ui.label().classes("soft")

    def show(value: str, note: str) -> None:
        big.set_text(value)
        small.set_text(note)

    return show
