"""The pages of docs/ with generated blocks, and the function that renders each block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.docs_generator.blocks import fill, has_blocks
from tools.docs_generator.costs import describe_costs
from tools.docs_generator.decisions import list_decisions
from tools.docs_generator.definitions import order_definition, release_definition
from tools.docs_generator.flowchart import Direction, draw
from tools.docs_generator.monitoring import monitoring_chart
from tools.docs_generator.order_life import draw_order_life
from tools.docs_generator.program import shown_program
from tools.docs_generator.settings_reference import describe_settings
from tools.docs_generator.system import chart_of, order_charts
from tools.docs_generator.workflow import describe_transient_errors, describe_workflow, draw_workflow

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

BLOCKS: dict[str, Callable[[], str]] = {
    "intake-system": lambda: _system("intake", "TB"),
    "workflow-system": lambda: _system("workflow"),
    "event-system": lambda: _system("event", "TB"),
    "order-requests": lambda: _system("order-requests"),
    "webhook-requests": lambda: _system("webhook-requests"),
    "monitoring": lambda: draw(monitoring_chart(shown_program())),
    "standard-workflow": lambda: draw_workflow(order_definition("STANDARD")),
    "standard-states": lambda: describe_workflow(order_definition("STANDARD")),
    "express-workflow": lambda: draw_workflow(order_definition("EXPRESS")),
    "express-states": lambda: describe_workflow(order_definition("EXPRESS")),
    "release-states": lambda: describe_workflow(release_definition()),
    "transient-errors": describe_transient_errors,
    "order-life": draw_order_life,
    "settings": describe_settings,
    "workflow-costs": describe_costs,
    "decisions": lambda: list_decisions(DOCS / "decisions"),
}


def render_pages() -> dict[Path, str]:
    """Return every page that has generated blocks, by its path, with the blocks regenerated."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    return {path: fill(text, BLOCKS) for path, text in texts.items() if has_blocks(text)}


def _system(part: str, direction: Direction = "LR") -> str:
    return draw(order_charts(chart_of(shown_program()))[part], direction)
