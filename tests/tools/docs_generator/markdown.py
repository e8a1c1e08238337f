"""What links to what in a page of Markdown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tools.docs_generator.pages import ROOT

_FENCED = re.compile(r"^(```+).*?^\1\s*$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)(?:\s+\"([^\"]*)\")?\)")
_HEADING = re.compile(r"^#{1,6} (.+?)#*$", re.MULTILINE)


def pages() -> list[Path]:
    """Every page of ours: what was installed or made is in folders that begin with a dot, or npm's."""
    found: list[Path] = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [each for each in subfolders if each[0] != "." and each != "node_modules"]
        found += [Path(folder) / name for name in names if name.endswith(".md")]
    return sorted(found)


def links(text: str) -> Iterator[tuple[str, str]]:
    """The targets and the titles of a page's links; in code there are none."""
    for found in _LINK.finditer(_CODE.sub("`code`", _FENCED.sub("", text))):
        yield found[1], found[2] or ""


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings: a repeated one has a number."""
    made: set[str] = set()
    for heading in _HEADING.findall(_FENCED.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = 0
        while (unique := f"{anchor}-{number}" if number else anchor) in made:
            number += 1
        made.add(unique)
    return made
