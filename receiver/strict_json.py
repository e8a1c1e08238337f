"""JSON read in the one way that two readers cannot understand differently."""

from __future__ import annotations

import json
from typing import Any

from .refusals import MalformedRequest, shown

MAXIMUM_DEPTH = 64


def parse_object(text: str, name: str) -> dict[str, Any]:
    """Parse a JSON object, refusing repeated keys, NaN, infinities and deep nesting.

    Raises MalformedRequest with code `not_json`, `duplicate_key` or `too_deep`.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep(name) from None
    except ValueError as error:
        raise MalformedRequest("not_json", f"{name} is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise MalformedRequest("not_json", f"{name} is not a JSON object.")
    _check_depth(value, name)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise MalformedRequest("duplicate_key", f"The key {shown(key)} occurs twice.")
        members[key] = value
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _check_depth(value: dict[str, Any], name: str) -> None:
    level: list[Any] = [value]
    for _ in range(MAXIMUM_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise _too_deep(name)


def _children(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON value
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [member for member in members if isinstance(member, dict | list)]


def _too_deep(name: str) -> MalformedRequest:
    return MalformedRequest("too_deep", f"{name} is nested more than {MAXIMUM_DEPTH} levels deep.")
