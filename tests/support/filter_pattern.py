"""CloudWatch Logs' filter patterns for JSON, as far as ours go: comparisons of numbers, joined by `&&`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from typing import Any

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_TERM = re.compile(r"\(?\s*\$\.([\w.]+)\s*(>=|<=|>|<|=)\s*(\d+)\s*\)?")


def matches(pattern: str, message: str) -> bool:
    """Say whether a log event's message is one that the pattern counts."""
    inside = re.fullmatch(r"\{(.*)\}", pattern)
    assert inside, f"no pattern for JSON: {pattern}"
    return all(_holds(term.strip(), json.loads(message)) for term in inside[1].split("&&"))


def _holds(term: str, event: Any) -> bool:
    parsed = _TERM.fullmatch(term)
    assert parsed, f"not a comparison that is known here: {term}"
    path, comparison, number = parsed.groups()
    for name in path.split("."):
        if not isinstance(event, dict) or name not in event:
            return False
        event = event[name]
    return isinstance(event, int | float) and _COMPARISONS[comparison](event, float(number))
