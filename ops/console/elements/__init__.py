"""The console's own elements: Vue components, which redraw only what changed, and keep focus and scrolling.

Vue writes what it is given as text, never as HTML: a client's reference or a webhook's response cannot become
part of a page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from nicegui.element import Element

from functions.domain.instant import timestamp
from ops.console.axis import Axis
from ops.console.bars import Bar, Lane, moments_of
from ops.console.graph import Picture as Drawing
from ops.console.marks import webhook_link


class Moment(Element, component="moment.js", esm={"console": "static"}):
    """An instant in the viewer's zone; `kind` is clock, date, since or until."""

    def __init__(self, instant: datetime, kind: str = "date") -> None:
        super().__init__()
        self._props["iso"] = timestamp(instant)
        self._props["kind"] = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `kind` is text, name, url, code, json, number, status, date, clock, since or until."""

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table's row: texts by column, where they lead to, and the marks of statuses."""

    key: str
    cells: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


class Rows(Element, component="rows.js", esm={"console": "static"}):
    """A table whose rows can change, and can be selected where `on_pick` is given."""

    def __init__(
        self,
        caption: str,
        columns: Sequence[Column],
        *,
        empty: str,
        on_pick: Callable[[Sequence[str]], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self._props["caption"] = caption
        self._props["columns"] = [asdict(each) for each in columns]
        self._props["rows"] = []
        self._props["empty"] = empty
        self.picked: Sequence[str] = ()
        if on_pick is not None:
            self._props["selectable"] = True
            self._props["picked"] = []

            async def pick(event: Any) -> None:  # noqa: ANN401 - NiceGUI's
                self._pick(event.args)
                await on_pick(self.picked)

            self.on("pick", pick)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self._props["rows"] = [asdict(each) for each in rows]
        keys = {each.key for each in rows}
        if "selectable" in self._props:
            self._pick([each for each in self.picked if each in keys])
        self.update()

    def _pick(self, keys: Sequence[str]) -> None:
        self.picked = tuple(str(each) for each in keys)
        self._props["picked"] = list(self.picked)


class Bars(Element, component="bars.js"):
    """Lanes of bars on one time axis."""

    def __init__(self, caption: str, hint: str) -> None:
        super().__init__()
        self._props["caption"] = caption
        self._props["hint"] = hint
        self._props["lanes"] = []
        self._props["ticks"] = []

    def set_lanes(self, lanes: Sequence[Lane], at: datetime, *, linear: bool) -> None:
        """Show these lanes, as they are at an instant."""
        axis = Axis(moments_of(lanes, at), linear=linear)
        self._props["lanes"] = [
            {
                "name": lane.name,
                "href": webhook_link(lane.webhook_id) if lane.webhook_id else None,
                "text": lane.bars[-1].label,
                "bars": [_bar(bar, axis, at) for bar in lane.bars],
            }
            for lane in lanes
        ]
        self._props["ticks"] = [asdict(each) for each in axis.ticks()]
        self.update()


def _bar(bar: Bar, axis: Axis, at: datetime) -> dict[str, Any]:
    end = bar.end or max(at, bar.start)
    left = axis.place(bar.start)
    until = f"to {end:%H:%M:%S.%f}"[:-3] if bar.end else "until now"
    return {
        "left": round(left, 3),
        "width": round(axis.place(end) - left, 3),
        "mark": bar.mark,
        "label": bar.label,
        "when": f"{bar.start:%H:%M:%S.%f}"[:-3] + f" {until} UTC",
    }


class Picture(Element, component="picture.js"):
    """Boxes and arrows; `name` distinguishes the pictures of a page."""

    def __init__(self, name: str, caption: str) -> None:
        super().__init__()
        self._props["id"] = name
        self._props["caption"] = caption
        self._props["nodes"] = []
        self._props["edges"] = []

    def draw(self, drawing: Drawing) -> None:
        """Show this drawing."""
        self._props["nodes"] = [asdict(each) for each in drawing.nodes]
        self._props["edges"] = [asdict(each) for each in drawing.edges]
        self.update()
