"""Numbers with their nouns."""

from __future__ import annotations


def number_of(count: int, singular: str) -> str:
    """Return a count with its noun, such as "1 delivery" or "3 deliveries"."""
    if count == 1:
        return f"1 {singular}"
    plural = f"{singular[:-1]}ies" if singular.endswith("y") else f"{singular}s"
    return f"{count:,} {plural}"
