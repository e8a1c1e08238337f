"""Parts that several pages have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
def fact(label: str, *, is_wide: bool = False) -> Iterator[None]:
    """Add a term of a description list, with the block's content as its value."""
    with ui.element("div").classes("wide" if is_wide else ""):
        with ui.element("dt"):
            ui.label(label)
        with ui.element("dd"):
            yield


def choice(label: str, options: dict[str, str], value: str, url: Callable[[str], str]) -> None:
    """Add a filter with some values; another one leads to another URL."""
    chosen = value if value in options else next(iter(options))
    ui.select(
        options, value=chosen, label=label, on_change=lambda event: ui.navigate.to(url(str(event.value)))
    ).props("dense outlined options-dense").style("min-width: 10rem")


def text_filter(label: str, value: str, url: Callable[[str], str]) -> None:
    """Add a filter with any text; Enter leads to another URL."""
    box = ui.input(label, value=value).props("dense outlined clearable").style("min-width: 10rem")
    box.on("keydown.enter", lambda: ui.navigate.to(url((box.value or "").strip())))
    box.on("clear", lambda: ui.navigate.to(url("")))
