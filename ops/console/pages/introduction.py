"""A few sentences on the first visit."""

from __future__ import annotations

from nicegui import ui

from ops.console.frame import remember
from ops.console.stage import Stage

_SEEN = "console-introduction"


def introduction(stage: Stage) -> None:
    """Add the introduction, until the viewer has dismissed it."""
    request = ui.context.client.request
    if not stage.introduction or (request and request.cookies.get(_SEEN)):
        return
    with ui.element("section").classes("notice ok").props("aria-label=Introduction") as shown:
        ui.label(stage.introduction)
        with ui.element("div").classes("actions").style("margin-top: .6rem"):
            for panel in stage.panels:
                ui.link(f"{panel.title} →", panel.path)

            def dismiss() -> None:
                shown.set_visibility(False)
                remember(_SEEN, "seen")

            ui.button("Got it", on_click=dismiss).props("flat dense no-caps")
