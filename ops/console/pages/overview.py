"""The stack at a glance."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from ops.console.elements import Column, Picture, Row, Rows
from ops.console.frame import frame, remember
from ops.console.live import Live
from ops.console.marks import webhook_link
from ops.console.overview_reading import OverviewReader, OverviewReading
from ops.console.pages.parts import card
from ops.console.stage import Stage
from ops.instants import span

_QUEUES = (
    Column(key="queue", label="Queue"),
    Column(key="ready", label="Ready", kind="number"),
    Column(key="hidden", label="Hidden", kind="number"),
    Column(key="oldest", label="Oldest", kind="number"),
)
_NOTHING = "-"
# Told apart without their colours too: each has a name in the legend and the tooltip.
_COLOURS = {"paid": "#2f9e63", "declined": "#d9822b", "failed": "#d0342c", "pending": "#7c8aa0"}
_CLASS_COLOURS = {"2xx": "#2f9e63", "4xx": "#d9822b", "5xx": "#d0342c", "no answer": "#8c4fb0"}
# Readable on both backgrounds.
_SOFT = "#7c8796"
_INTRODUCTION_SEEN = "console-introduction"
_reader = OverviewReader()


def build_overview(stage: Stage) -> None:
    """Build the overview."""
    with frame(stage, "/", "Overview"):
        _introduction(stage)
        page = _Overview()
        Live(stage, _reader.read, page.show)


def _introduction(stage: Stage) -> None:
    request = ui.context.client.request
    if not stage.introduction or (request and request.cookies.get(_INTRODUCTION_SEEN)):
        return
    with ui.element("section").classes("notice ok").props("aria-label=Introduction") as shown:
        ui.label(stage.introduction)
        with ui.element("div").classes("actions").style("margin-top: .6rem"):
            for panel in stage.panels:
                ui.link(f"{panel.title} →", panel.path)

            def dismiss() -> None:
                shown.set_visibility(False)
                remember(_INTRODUCTION_SEEN, "seen")

            ui.button("Got it", on_click=dismiss).props("flat dense no-caps")


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
            self._delivery = _number("From the publication to the webhook")
        with ui.element("div").classes("cards wide"):
            with card("Orders of the last 24 hours, by outcome"):
                self._orders = ui.echart(_orders_chart()).classes("chart")
            with card("Attempts of the last hour, by response"):
                self._responses = ui.echart(_responses_chart()).classes("chart")
            with card("Queues"):
                self._queues = Rows("Queues", _QUEUES, empty="")
            with card("Failing webhooks"):
                columns = (
                    Column(key="webhook", label="Webhook", kind="code"),
                    Column(key="url", label="Calls"),
                )
                self._failing = Rows("Failing webhooks", columns, empty="Every webhook takes its events.")

    def show(self, reading: OverviewReading) -> None:
        """Show what has changed."""
        self._concerns.clear()
        self._calm.set_visibility(not reading.concerns)
        with self._concerns:
            for concern in reading.concerns:
                with ui.element("li"):
                    ui.link(concern.partition(": docs/")[0], "/stuck")
        self._picture.draw(reading.picture)
        self._paid(f"{reading.paid_today:,}", ", ".join(reading.paid_sums) or "No order was paid today.")
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
                Row(key=id_, cells={"webhook": id_, "url": url}, links={"webhook": webhook_link(id_)})
                for id_, url in reading.failing
            ]
        )
        self._charts(reading)

    def _charts(self, reading: OverviewReading) -> None:
        options = self._orders.options
        options["xAxis"]["data"] = [int(each.timestamp() * 1000) for each in reading.bucket_starts]
        for series in options["series"]:
            series["data"] = list(reading.orders_by_status[series["name"]])
        self._orders.update()
        self._responses.options["series"][0]["data"] = [
            {"value": count, "itemStyle": {"color": _CLASS_COLOURS[name]}}
            for name, count in reading.deliveries.items()
        ]
        self._responses.update()


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


def _axis_label() -> dict[str, Any]:
    # In the viewer's zone. The value is a number of ours.
    clock = (
        "value => new Date(Number(value))"
        ".toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', hour12: false})"
    )
    return {":formatter": clock, "color": _SOFT}


def _value_axis() -> dict[str, Any]:
    line = {"lineStyle": {"color": _SOFT, "opacity": 0.3}}
    return {"type": "value", "minInterval": 1, "axisLabel": {"color": _SOFT}, "splitLine": line}


def _orders_chart() -> dict[str, Any]:
    return {
        "aria": {"enabled": True},
        "animation": False,
        "grid": {"left": 40, "right": 12, "top": 34, "bottom": 28},
        "legend": {"type": "scroll", "top": 0, "textStyle": {"color": _SOFT}},
        "tooltip": {"trigger": "axis", "axisPointer": {"label": _axis_label()}},
        "xAxis": {"type": "category", "data": [], "axisLabel": _axis_label()},
        "yAxis": _value_axis(),
        "series": [
            {"name": name, "type": "bar", "stack": "orders", "data": [], "itemStyle": {"color": colour}}
            for name, colour in _COLOURS.items()
        ],
    }


def _responses_chart() -> dict[str, Any]:
    return {
        "aria": {"enabled": True},
        "animation": False,
        "grid": {"left": 80, "right": 40, "top": 10, "bottom": 28},
        "tooltip": {},
        "xAxis": _value_axis(),
        "yAxis": {
            "type": "category",
            "data": list(_CLASS_COLOURS),
            "inverse": True,
            "axisLabel": {"color": _SOFT},
        },
        "series": [{"type": "bar", "data": [], "label": {"show": True, "position": "right", "color": _SOFT}}],
    }
