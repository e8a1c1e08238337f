"""Match a path against the API's routes."""

from __future__ import annotations

import re
from collections.abc import Iterable


def allowed_methods(routes: Iterable[str], path: str) -> tuple[str, ...]:
    """Return the methods that the routes take at a path, sorted; a route reads "GET /orders/{request_id}"."""
    pairs = (route.split(" ", 1) for route in routes)
    return tuple(sorted({method for method, template in pairs if _pattern(template).fullmatch(path)}))


def _pattern(template: str) -> re.Pattern[str]:
    literals_and_names = re.split(r"(\{[^}]+\})", template)
    return re.compile("".join("[^/]+" if part[:1] == "{" else re.escape(part) for part in literals_and_names))
