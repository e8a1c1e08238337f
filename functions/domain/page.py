"""A part of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

Position = tuple[str, str]
"""Where a page ended: its last entry's time and ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Entry]):
    """Some entries of a list, and the position after which the next page begins: None at the list's end.

    A page may have fewer entries than asked for, or none, and still not be the last.
    """

    entries: Sequence[Entry]
    position: Position | None
