"""A timeline as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ops.records import Hanging
from ops.trace.entry import Entry, Mark
from ops.trace.following import Following, following, state_of
from ops.trace.sources import Sources

_SIGNS: Mapping[Mark, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "retry": ("↻", "yellow"),
    "waiting": ("…", "cyan"),
    "failed": ("✗", "red"),
}
# The order's owner and status; what was bought stays private.
_INDENT = 15
_SHOWN = ("status", "client_id", "reference", "message_id", "created_at", "updated_at")


def render(sources: Sources, entries: Sequence[Entry], notes: Sequence[str]) -> list[RenderableType]:
    """Return what is printed of a timeline."""
    order = sources.order
    head = Text(f"Order {sources.request_id}", style="bold")
    if order:
        head.append(
            f": {order['status']}; client {order['client_id']}, {order['reference']}", style="not bold"
        )
    when = Text(f"Times are in UTC, from {entries[0].time:%Y-%m-%d} on.", style="dim")
    lines = [_line(entry, entries[0], _widest(entries)) for entry in entries]
    state = Text.assemble(
        ("Now: ", "bold"), f"{state_of(sources)}, at {sources.read_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    return [
        head,
        when,
        *lines,
        *(Text(f"  note: {note}", style="dim") for note in notes),
        state,
        *(_following(each, sources.read_at) for each in following(sources)),
    ]


def document(sources: Sources, entries: Sequence[Entry], notes: Sequence[str]) -> dict[str, Any]:
    """Return the timeline as JSON-able data."""
    order = sources.order
    return {
        "request_id": sources.request_id,
        "order": {name: order.get(name) for name in _SHOWN} if order else None,
        "entries": [entry.document() for entry in entries],
        "notes": list(notes),
        "state": state_of(sources),
        "next": [each.document(sources.read_at) for each in following(sources)],
    }


def _following(each: Following, now: datetime) -> Text:
    whom = f"{each.webhook_id}: " if each.webhook_id else ""
    return Text.assemble(("Next: ", "bold"), f"{whom}{each.text.written(now)}.")


def _widest(entries: Sequence[Entry]) -> int:
    return max(len(entry.where) for entry in entries)


def _line(entry: Entry, first: Entry, width: int) -> Hanging:
    sign, colour = _SIGNS[entry.mark]
    day = "" if entry.time.date() == first.time.date() else f"{entry.time:%d %b} "
    clock = f"{day}{entry.time:%H:%M:%S}.{entry.time.microsecond // 1000:03d}"
    head = Text.assemble((clock, "dim"), " ", (sign, colour), " ", (entry.where.ljust(width), "bold"), "  ")
    return Hanging(head + Text(entry.what), _INDENT)
