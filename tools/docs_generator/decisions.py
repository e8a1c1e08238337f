"""The index of the decisions, from their titles."""

from __future__ import annotations

import re
from pathlib import Path

_TITLE = re.compile(r"# (\d+)\. (.+)")


def list_decisions(folder: Path) -> str:
    """Return a line for each decision of a folder, by number."""
    return "\n".join(_line(path) for path in sorted(folder.glob("[0-9]*.md")))


def _line(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    title = _TITLE.fullmatch(first)
    if title is None or int(title[1]) != int(path.name.partition("-")[0]):
        raise ValueError(f"{path.name} must begin with its number and title, such as `# 1. Title`: {first}")
    return f"{title[1]}. [{title[2]}]({path.name})"
