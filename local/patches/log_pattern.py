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
# What JSON writes as it is, so that it stands in the message where the field has it.
_PLAIN = re.compile(r"[\w.:-]*", re.ASCII)
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
        # Most messages have none of the texts: they need not be parsed.
        possible = [holds for literal, holds in alternatives if literal in message]
        if not possible:
            return False
        try:
            event = json.loads(message)
        except ValueError:
            return False
        return any(holds(event) for holds in possible)

    return matches


def _comparison(text: str) -> tuple[str, Callable[[Any], bool]]:
    """Return a text that every message has for which the comparison holds, and the comparison."""
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise PatternError(f"this emulator does not know the comparison {text!r}")
    path = found[2].split(".")
    # An asterisk is the only wildcard.
    literals = found[3].split("*")
    expected = re.compile(".*".join(map(re.escape, literals)), re.DOTALL)

    def holds(event: Any) -> bool:  # noqa: ANN401 - any JSON
        for name in path:
            event = event.get(name) if isinstance(event, dict) else None
        return isinstance(event, str) and expected.fullmatch(event) is not None

    return max((each for each in literals if _PLAIN.fullmatch(each)), key=len, default=""), holds
