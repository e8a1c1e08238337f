"""The allowed values of a setting, in words, from its annotation and its constraints."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

_NAMES = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
_LONGEST_PATTERN = 40


def allowed_values(field: FieldInfo) -> str:
    """Return the values that a field allows: `whole number, 1 to 10`, `one of ...`."""
    return _described(field.annotation, field.metadata)


def is_list(annotation: Any) -> bool:  # noqa: ANN401 - any annotation
    """Return whether a field holds a list."""
    return get_origin(annotation) is tuple


def _described(annotation: Any, constraints: Sequence[Any] = ()) -> str:  # noqa: ANN401 - any annotation
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _described(parts[0], [*constraints, *parts[1:]])
    if origin in (Union, types.UnionType):
        (some,) = [each for each in parts if each is not type(None)]
        return _described(some, constraints)
    if origin is Literal:
        return "one of " + ", ".join(f"`{each}`" for each in parts)
    if origin is tuple:
        return f"list, each: {_described(parts[0])}{_counted(_limits(constraints))}"
    if origin is dict:
        return "texts by name"
    return ", ".join([_NAMES[annotation], *_constrained(_limits(constraints))])


def _counted(limits: Mapping[str, Any]) -> str:
    least, most = limits.get("min_length"), limits.get("max_length")
    return (f"; at least {least}" if least else "") + (f"; at most {most}" if most else "")


def _constrained(limits: Mapping[str, Any]) -> Iterator[str]:
    least, most = limits.get("ge"), limits.get("le")
    if least is not None or most is not None:
        yield f"{least} to {most}" if None not in (least, most) else f"{least} or more"
    shortest, longest = limits.get("min_length"), limits.get("max_length")
    if longest:
        yield f"{shortest} to {longest} characters" if shortest else f"at most {longest} characters"
    elif shortest:
        yield "not empty"
    # The example in a setting's description is clearer than a long pattern.
    if len(limits.get("pattern", "")) in range(1, _LONGEST_PATTERN):
        yield f"that matches `{limits['pattern']}`"


def _limits(constraints: Sequence[Any]) -> dict[str, Any]:
    """Return the constraints by name, in whichever form pydantic stores them."""
    found: dict[str, Any] = {}
    for each in constraints:
        if isinstance(each, FieldInfo):
            found |= _limits(each.metadata)
        elif dataclasses.is_dataclass(each):
            found |= {field.name: getattr(each, field.name) for field in dataclasses.fields(each)}
    return {name: value for name, value in found.items() if value is not None}
