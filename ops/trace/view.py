"""A timeline as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ops.trace.entry import Entry, Mark
from ops.trace.sources import Sources

_SIGNS: Mapping[Mark, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "retry": ("↻", "yellow"),
    "waiting": ("…", "cyan"),
    "failed": ("✗", "red"),
}
# The order's owner and status; what was bought stays private.
_SHOWN = ("status", "client_id", "reference", "message_id", "created_at", "updated_at")


def render(sources: Sources, entries: Sequence[Entry], notes: Sequence[str]) -> list[RenderableType]:
    """Return what is printed of a timeline."""
    order = sources.order
    head = Text(f"Order {sources.request_id}", style="bold")
    if order:
        head.append(
            f": {order['status']}; client {order['client_id']}, {order['reference']}", style="not bold"
        )
    lines = [_line(entry, entries[0], _widest(entries)) for entry in entries]
    return [head, *lines, *(Text(f"  note: {note}", style="dim") for note in notes)]


def document(sources: Sources, entries: Sequence[Entry], notes: Sequence[str]) -> dict[str, Any]:
    """Return the timeline as JSON-able data."""
    order = sources.order
    return {
        "request_id": sources.request_id,
        "order": {name: order.get(name) for name in _SHOWN} if order else None,
        "entries": [entry.document() for entry in entries],
        "notes": list(notes),
    }


def _widest(entries: Sequence[Entry]) -> int:
    return max(len(entry.where) for entry in entries)


def _line(entry: Entry, first: Entry, width: int) -> Text:
    sign, colour = _SIGNS[entry.mark]
    day = "" if entry.time.date() == first.time.date() else f"{entry.time:%d %b} "
    clock = f"{day}{entry.time:%H:%M:%S}.{entry.time.microsecond // 1000:03d}"
    return Text.assemble(
        (clock, "dim"), " ", (sign, colour), " ", (entry.where.ljust(width), "bold"), "  ", entry.what
    )
