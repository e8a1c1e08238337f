"""CloudWatch Logs' filter patterns, as far as ours go: terms, or texts of JSON fields, joined by `||`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Matcher = Callable[[str], bool]

_TERM = re.compile(r'"([^"\\]*)"|(\w+)')
_COMPARISON = re.compile(r'(\()?\s*\$\.([\w.]+)\s*=\s*"([^"\\]*)"\s*(?(1)\))')


class PatternError(ValueError):
    """A pattern that CloudWatch Logs may know, and this emulator does not."""


def compile_pattern(text: str) -> Matcher:
    """Return a function that says whether a message matches."""
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        return _json_matcher(text[1:-1])
    if _TERM.sub("", text).strip():
        raise PatternError(f"this emulator does not know the filter pattern {text!r}")
    terms = [quoted or word for quoted, word in _TERM.findall(text)]
    return lambda message: all(term in message for term in terms)


def _json_matcher(text: str) -> Matcher:
    alternatives = [_comparison(each.strip()) for each in text.split("||")]

    def matches(message: str) -> bool:
        try:
            event = json.loads(message)
        except ValueError:
            return False
        return any(holds(event) for holds in alternatives)

    return matches


def _comparison(text: str) -> Callable[[Any], bool]:
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise PatternError(f"this emulator does not know the comparison {text!r}")
    path = found[2].split(".")
    # An asterisk is the only wildcard.
    expected = re.compile(".*".join(map(re.escape, found[3].split("*"))), re.DOTALL)

    def holds(event: Any) -> bool:  # noqa: ANN401 - any JSON
        for name in path:
            event = event.get(name) if isinstance(event, dict) else None
        return isinstance(event, str) and expected.fullmatch(event) is not None

    return holds
