"""Generated blocks within hand-written pages: whatever stands between two markers."""

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
    """A page's markers do not fit what is made for them."""


def fill(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with every block made anew; raise `BlockError` for a marker that nothing belongs to."""

    def made(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in blocks:
            raise BlockError(f"nothing is made for the block {name!r}: {sorted(blocks)}")
        return f"{found['begin']}\n{blocks[name]().strip()}\n\n{found['end']}"

    left_over = _MARKER.search(_BLOCK.sub("", text))
    if left_over:
        raise BlockError(f"{left_over[0]} stands alone")
    return _BLOCK.sub(made, text)


def has_blocks(text: str) -> bool:
    """Tell whether a page has any marker, be it whole or not."""
    return _MARKER.search(text) is not None
