"""Which orders a list shows, as its URL has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ops.console.url_filters import UrlFilters


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters(UrlFilters):
    """What the URL asks for."""

    path: ClassVar[str] = "/orders"
    since: str = "1d"
    status: str = ""
    client: str = ""
    reference: str = ""
