"""What every page has: the head with its links, search, colours, and the place of its content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from nicegui import ui

from ops.console.stage import Stage

_STYLE = (Path(__file__).parent / "elements" / "static" / "console.css").read_text(encoding="utf-8")
# A hidden page is not read. Colours follow the system unless the viewer has chosen.
_SCRIPT = """<script>
document.addEventListener("visibilitychange", () => emitEvent("visibility", !document.hidden));
</script>"""
_COLOURS = "console-colours"
_OWN_PAGES = (("/", "Overview"), ("/orders", "Orders"), ("/webhooks", "Webhooks"), ("/stuck", "Stuck"))


def remember(name: str, value: str) -> None:
    """Keep a choice of the viewer's in a cookie."""
    ui.run_javascript(f'document.cookie = "{name}={value}; Path=/; Max-Age=31536000; SameSite=Strict"')


@contextmanager
def frame(stage: Stage, path: str, title: str) -> Iterator[None]:
    """Build a page around the content that the block makes."""
    ui.page_title(f"{title} · Order Webhooks")
    ui.add_head_html(f"<style>{_STYLE}</style>{_SCRIPT}")
    chosen = ui.context.client.request.cookies.get(_COLOURS) if ui.context.client.request else None
    colours = ui.dark_mode({"dark": True, "light": False}.get(chosen or ""))
    ui.colors(primary="#0b57b7")
    header = ui.element("header").classes("top")
    with header:
        ui.link("Order Webhooks", "/").classes("top-name")
        with ui.element("nav").props('aria-label="Pages"'):
            for place, label in [*_OWN_PAGES, *((panel.path, panel.title) for panel in stage.panels)]:
                link = ui.link(label, place)
                if place == path:
                    link.props("aria-current=page")
        _search()
        ui.label(f"{stage.name}, read-only" if stage.read_only else stage.name).classes("top-stack")
        _colours_button(colours)
    # NiceGUI's layout has the landmark `main` around it.
    content = ui.element("div").classes("page")
    _wait_for_connection(header, content)
    with content:
        with ui.element("h1"):
            ui.label(title)
        yield


def _wait_for_connection(*elements: ui.element) -> None:
    """Let nothing be clicked or typed before the page's WebSocket is open: NiceGUI drops such events."""
    for element in elements:
        element.props("inert")

    def enable() -> None:
        for element in elements:
            element.props(remove="inert")

    ui.context.client.on_connect(enable)


def _search() -> None:
    box = (
        ui.input(placeholder="Find an order")
        .classes("search")
        .props(
            'dense outlined clearable aria-label="Find an order by its reference, or by the ID of the '
            'request, event or message"'
        )
    )

    def find() -> None:
        text = (box.value or "").strip()
        if text:
            ui.navigate.to(f"/find?text={quote(text, safe='')}")

    box.on("keydown.enter", find)


def _colours_button(colours: ui.dark_mode) -> None:
    async def turn() -> None:
        # Where the viewer has not chosen, the system has.
        is_dark = await ui.run_javascript("document.body.classList.contains('body--dark')", timeout=10)
        colours.value = not is_dark
        remember(_COLOURS, "dark" if colours.value else "light")

    ui.button(icon="contrast", on_click=turn).props(
        'flat dense round aria-label="Switch between dark and light"'
    )
