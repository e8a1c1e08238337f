"""Which orders a list shows, as its URL has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

SPANS = {"1h": "the last hour", "1d": "the last day", "7d": "the last 7 days", "30d": "the last 30 days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the URL asks for."""

    since: str = "1d"
    status: str = ""
    client: str = ""
    reference: str = ""
    position: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Filters:
        """Return what a URL's parameters ask for."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in parameters.items() if name in names})

    def url(self, **changes: str) -> str:
        """Return the page's URL with some of the filters changed."""
        values = {
            "since": self.since,
            "status": self.status,
            "client": self.client,
            "reference": self.reference,
            **changes,
        }
        return f"/orders?{urlencode({name: value for name, value in values.items() if value})}"
