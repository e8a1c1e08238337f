"""CloudWatch Logs' filter patterns, as far as ours go.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import fnmatch
import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

Matcher = Callable[[str], bool]

_TEXT_TERM = re.compile(r'(-?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')
_COMPARISON = re.compile(r'\$\.([\w.]+)\s*(!=|>=|<=|>|<|=)\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?))')
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


class PatternError(ValueError):
    """A pattern that CloudWatch Logs may know, and this emulator does not."""


def compile_pattern(text: str) -> Matcher:
    """Return a function that says whether a message matches: terms, or comparisons of JSON fields."""
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        return _json_matcher(text[1:-1])
    if text[:1] in ("{", "[", "%", "?"):
        raise PatternError(f"this emulator does not know the filter pattern {text!r}")
    terms = [(found[1] == "-", _unescape(found[2] or found[3] or "")) for found in _TEXT_TERM.finditer(text)]
    return lambda message: all((term in message) is not excluded for excluded, term in terms)


def _json_matcher(text: str) -> Matcher:
    # `&&` binds closer than `||`; parentheses only around single comparisons.
    alternatives = [[_comparison(term) for term in part.split("&&")] for part in text.split("||")]

    def matches(message: str) -> bool:
        try:
            event = json.loads(message)
        except ValueError:
            return False
        return any(all(holds(event) for holds in part) for part in alternatives)

    return matches


def _comparison(text: str) -> Callable[[Any], bool]:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise PatternError(f"this emulator does not know the comparison {text!r}")
    path, sign, string, number = found.groups()

    def holds(event: Any) -> bool:  # noqa: ANN401 - any JSON
        for value in _values(event, path):
            if sign in _OPERATORS:
                return _is_number(value) and number is not None and _OPERATORS[sign](value, float(number))
            return _equals(value, string, number) is (sign == "=")
        return False

    return holds


def _values(event: Any, path: str) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    for name in path.split("."):
        if not isinstance(event, dict) or name not in event:
            return
        event = event[name]
    yield event


def _equals(value: Any, string: str | None, number: str | None) -> bool:  # noqa: ANN401 - any JSON
    if string is not None:
        # An asterisk is the only wildcard.
        pattern = _unescape(string).replace("[", "[[]").replace("?", "[?]")
        return isinstance(value, str) and fnmatch.fnmatchcase(value, pattern)
    return _is_number(value) and value == float(number or "nan")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
