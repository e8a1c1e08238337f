"""The generated parts of docs/ are up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tools.docs_generator.blocks import BlockError, fill, has_blocks
from tools.docs_generator.decisions import list_decisions
from tools.docs_generator.flowchart import draw
from tools.docs_generator.monitoring import monitoring_chart
from tools.docs_generator.pages import BLOCKS, DOCS, ROOT, render_pages
from tools.docs_generator.system import chart_of
from tools.program_graph import Graph


def test_the_pages_are_fresh() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in render_pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert not stale, f"{', '.join(stale)}: out of date; run `make docs`"


def test_every_block_is_on_a_page() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))
    assert [name for name in BLOCKS if f"<!-- {name}: made by" not in texts] == []


def test_the_order_in_which_resources_were_registered_changes_nothing(shown: Graph) -> None:
    """Pulumi registers them concurrently."""
    shuffled = replace(shown, resources=list(reversed(shown.resources)))
    for chart in (chart_of, monitoring_chart):
        assert draw(chart(shuffled)) == draw(chart(shown))


BLOCK = "<!-- a: made by `python -m tools.docs_generator` -->\n{}<!-- end of a -->\n"


def test_a_block_is_regenerated_and_the_text_around_it_stays() -> None:
    old, new = BLOCK.format("old\n"), BLOCK.format("\nnew\n\n")
    assert fill(f"before\n{old}after\n", {"a": lambda: "new"}) == f"before\n{new}after\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BLOCK.format(""), "unknown block 'a'"),
        ("<!-- a: made by `python -m tools.docs_generator` -->\n", "has no counterpart"),
        ("<!-- end of a -->\n", "has no counterpart"),
        ("<!-- b: made by `python -m tools.docs_generator` -->\n<!-- end of a -->\n", "has no counterpart"),
    ],
)
def test_a_marker_without_a_block_or_counterpart_is_refused(text: str, message: str) -> None:
    blocks: dict[str, Callable[[], str]] = {"b": str}
    assert has_blocks(text)
    with pytest.raises(BlockError, match=message):
        fill(text, blocks)


def test_a_decision_without_its_number_is_refused(tmp_path) -> None:
    (tmp_path / "0002-b.md").write_text("# 2. B\n\n")
    assert list_decisions(tmp_path) == "2. [B](0002-b.md)"
    (tmp_path / "0003-c.md").write_text("# 2. C\n")
    with pytest.raises(ValueError, match=r"0003-c\.md must begin with its number"):
        list_decisions(tmp_path)
