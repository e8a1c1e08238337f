"""Buttons that change something: each says what it will do, and asks first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import ui

from ops.console.stage import Stage
from ops.errors import OpsError
from ops.report import Report
from ops.target import Target

_READ_ONLY = "This console is read-only: start it without --read-only to change something."


def change_button(
    stage: Stage,
    label: str,
    *,
    says: Callable[[], str],
    change: Callable[[Target], str],
    done: Callable[[], None] = lambda: None,
) -> ui.button:
    """Add a button. `says` is the question, `change` does it in a thread and returns what was done."""

    async def ask() -> None:
        if not await confirmed(label, says()):
            return
        await do(stage, change)
        done()

    button = ui.button(label, on_click=ask).props("outline no-caps")
    hide_if_read_only(stage, button)
    return button


def hide_if_read_only(stage: Stage, button: ui.button) -> None:
    """Hide a button of a read-only console, whatever a page does with its visibility."""
    if stage.read_only:
        button.classes("gone")


def sentence_of(report: Report) -> str:
    """Return what a command has done; raise `OpsError` where it could not."""
    said = " ".join(str(view) for view in report.views)
    if report.code:
        raise OpsError(said)
    return said


async def confirmed(label: str, question: str) -> bool:
    """Ask before a change."""
    with ui.dialog().props(f'aria-label="{label}"') as dialog, ui.element("div").classes("card"):
        ui.label(question)
        with ui.element("div").classes("actions"):
            ui.button(label, on_click=lambda: dialog.submit(label)).props("no-caps unelevated")
            ui.button("Cancel", on_click=lambda: dialog.submit(None)).props("no-caps flat autofocus")
    answer = await dialog
    dialog.delete()
    return bool(answer == label)


async def do(stage: Stage, change: Callable[[Target], str]) -> None:
    """Make a change and show what was done, or why not."""

    def changed() -> str:
        if stage.read_only:
            raise OpsError(_READ_ONLY)
        return stage.call(change)

    try:
        ui.notify(await asyncio.to_thread(changed), type="positive", position="bottom", timeout=8000)
    except OpsError as error:
        show_error(error)


def show_error(error: OpsError) -> None:
    """Show an error until the viewer closes it."""
    ui.notify(str(error), type="negative", position="bottom", timeout=0, close_button="Close")
