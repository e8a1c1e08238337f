"""The pages of docs/ with generated blocks, and the function that renders each block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.bench.report import (
    about_machine,
    cold_start_chart,
    kept_results,
    kept_tables,
    memory_chart,
    throughput_chart,
)
from tools.bill.bills import bill_chart, bill_table, counted_table, monthly_table
from tools.docs_generator.blocks import fill, has_blocks
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
    "bench-machine": lambda: about_machine(kept_results()),
    "bench-cold-starts": lambda: kept_tables("cold_starts"),
    "bench-memory": lambda: kept_tables("memory_sizes"),
    "bench-warm": lambda: kept_tables("warm_path"),
    "bench-laptop": lambda: kept_tables("laptop"),
    "bench-program": lambda: kept_tables("program"),
    "bill": bill_table,
    "bill-counted": counted_table,
    "bill-month": monthly_table,
    "decisions": lambda: list_decisions(DOCS / "decisions"),
}


# Charts, by their files.
CHARTS: dict[str, Callable[[], str]] = {
    "bill.svg": bill_chart,
    "cold-starts.svg": cold_start_chart,
    "memory-sizes.svg": memory_chart,
    "throughput.svg": throughput_chart,
}


def render_pages() -> dict[Path, str]:
    """Return every generated file by its path: pages with their blocks regenerated, and charts."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    pages = {path: fill(text, BLOCKS) for path, text in texts.items() if has_blocks(text)}
    return pages | {DOCS / "charts" / name: draw_chart() for name, draw_chart in CHARTS.items()}


def _system(part: str, direction: Direction = "LR") -> str:
    return draw(order_charts(chart_of(shown_program()))[part], direction)
