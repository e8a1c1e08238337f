"""Every link between the repository's pages leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.docs_generator.markdown import anchors, links, pages
from tools.docs_generator.pages import DOCS, ROOT

PAGES = [str(page.relative_to(ROOT)) for page in pages()]


def dead_links(page: Path) -> list[str]:
    dead = []
    for target, _ in links(page.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path) if path else page
        if not place.exists() or (anchor and anchor not in anchors(place.read_text(encoding="utf-8"))):
            dead.append(target)
    return dead


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    dead = dead_links(ROOT / page)
    assert not dead, f"{page}: {', '.join(dead)} leads nowhere"


def test_a_dead_link_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A title: `code`!\n\n# A title code\n```\n# A comment\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md) [b](other.md#a-title-code-1) [c](#gone) [d](gone.md)\n[`e`](other.md#a-comment)\n"
        "```\n[f](code.md)\n```\n`[g](code.md)` [h](https://example.com/gone)\n"
    )
    assert dead_links(page) == ["#gone", "gone.md", "other.md#a-comment"]


def test_the_index_has_every_page() -> None:
    linked = {target.partition("#")[0] for target, _ in links((DOCS / "README.md").read_text())}
    there = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert not there - linked, f"docs/README.md: give {there - linked} a line"
