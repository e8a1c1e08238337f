"""Generated blocks within hand-written pages: the text between two markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_BLOCK = re.compile(
    r"(?P<begin><!-- (?P<name>[a-z-]+): made by `python -m tools.docs_generator` -->\n)"
    r".*?"
    r"(?P<end><!-- end of (?P=name) -->)",
    re.DOTALL,
)
_MARKER = re.compile(r"<!-- (?:end of [a-z-]+|[a-z-]+: made by [^>]*) -->")


class BlockError(ValueError):
    """A page has a marker without its counterpart, or for an unknown block."""


def fill(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with every block regenerated; raise `BlockError` for a marker that fits no block."""

    def made(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in blocks:
            raise BlockError(f"unknown block {name!r}; the blocks are {sorted(blocks)}")
        return f"{found['begin']}\n{blocks[name]().strip()}\n\n{found['end']}"

    left_over = _MARKER.search(_BLOCK.sub("", text))
    if left_over:
        raise BlockError(f"{left_over[0]} has no counterpart")
    return _BLOCK.sub(made, text)


def has_blocks(text: str) -> bool:
    """Return whether a page has any marker, paired or not."""
    return _MARKER.search(text) is not None
