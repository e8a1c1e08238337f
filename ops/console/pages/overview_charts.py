"""The charts of the overview: orders by outcome, and attempts by response."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from functions.domain.order import ORDER_STATUSES
from ops.console.overview_reading import OverviewReading
from ops.console.pages.parts import card

# Distinguished without their colours too: each has a name in the legend and the tooltip.
_COLOURS = {"paid": "#2f9e63", "declined": "#d9822b", "failed": "#d0342c", "pending": "#7c8aa0"}
_OTHER_COLOUR = "#8c4fb0"
_CLASS_COLOURS = {"2xx": "#2f9e63", "4xx": "#d9822b", "5xx": "#d0342c", "no answer": "#8c4fb0"}
# Readable on both backgrounds.
_SOFT = "#7c8796"


class Charts:
    """Two sections of the page."""

    def __init__(self) -> None:
        with card("Orders of the last 24 hours, by outcome"):
            self._orders = ui.echart(_orders_chart()).classes("chart")
        with card("Attempts of the last hour that SNS has logged, by response"):
            self._responses = ui.echart(_responses_chart()).classes("chart")

    def show(self, reading: OverviewReading) -> None:
        """Show these numbers."""
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
            for name, colour in {**_COLOURS, **_other_colours()}.items()
        ],
    }


def _other_colours() -> dict[str, str]:
    return dict.fromkeys((each for each in ORDER_STATUSES if each not in _COLOURS), _OTHER_COLOUR)


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
