"""Parts that several pages have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui


def heading(text: str) -> None:
    """Add the heading of a section."""
    with ui.element("h2"):
        ui.label(text)


def preformatted(text: str) -> None:
    """Add a text with its line breaks, in a monospaced font."""
    with ui.element("pre").props("tabindex=0"):
        ui.label(text).style("display: inline")


@contextmanager
def card(title: str) -> Iterator[None]:
    """Add a section with a heading and the block's content."""
    with ui.element("section").classes("card"):
        heading(title)
        yield


@contextmanager
def fact(label: str) -> Iterator[None]:
    """Add a term of a description list, with the block's content as its value."""
    with ui.element("div"):
        with ui.element("dt"):
            ui.label(label)
        with ui.element("dd"):
            yield
