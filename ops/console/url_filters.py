"""What a list shows, as its URL has it: anybody may have written the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import ClassVar, Self
from urllib.parse import urlencode

from ops.instants import read_span

SPANS = {"1h": "the last hour", "1d": "the last day", "7d": "the last 7 days", "30d": "the last 30 days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlFilters:
    """The filters of one page, from a position on: a subclass has a field for each."""

    path: ClassVar[str]
    position: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """Return what a URL's parameters ask for."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in parameters.items() if name in names})

    def url(self, **changes: str) -> str:
        """Return the page's URL with some of the filters changed; a position is for the same filters only."""
        values = {**asdict(self), "position": "", **changes}
        return f"{self.path}?{urlencode({name: value for name, value in values.items() if value})}"


def span_of(text: str) -> timedelta | None:
    """Return the length of time that a parameter has, or None for anything else."""
    try:
        return read_span(text)
    except ValueError:
        return None
