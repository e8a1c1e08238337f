"""How JSON data differs from its types, for the functions that start without pydantic."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, NotRequired, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

_NAMES = {str: "a text", int: "an integer", bool: "a boolean", list: "a list", dict: "an object"}


def differences(
    value: Mapping[str, Any], type_: type, *, path: str = "", left_out: Collection[str] = ()
) -> Iterator[str]:
    """Yield how an object differs from a dataclass or TypedDict, by its fields' paths and without values.

    Types may be `str`, `int`, `bool`, lists, dictionaries, TypedDicts, literals, and any of these or `None`.
    Other fields of the object are ignored. `path` is what the fields' names begin with.
    """
    required = _required(type_) - {*left_out}
    for name, hint in _hints(type_).items():
        if name in value:
            yield from _of_value(value[name], hint, f"{path}{name}")
        elif name in required:
            yield f"{path}{name}: is missing"


def _of_value(value: object, hint: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a type
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (one,) = (each for each in get_args(hint) if each is not type(None))
        yield from () if value is None else _of_value(value, one, path)
    elif origin is Literal:
        if value not in get_args(hint):
            yield f"{path}: is not one of {', '.join(map(str, get_args(hint)))}"
    # type() and not isinstance: JSON's true is no integer.
    elif type(value) is not (expected := dict if is_typeddict(hint) else origin or hint):
        yield f"{path}: is not {_NAMES[expected]}"
    else:
        yield from _inside(value, hint, path)


def _inside(value: object, hint: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a type
    if is_typeddict(hint):
        yield from differences(cast("dict[str, Any]", value), hint, path=f"{path}.")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _of_value(each, get_args(hint)[0], f"{path}.{place}")
    elif isinstance(value, dict):
        # Clients choose these keys: they are not repeated.
        kind = get_args(hint)[1]
        if kind is not Any and any(any(_of_value(each, kind, "")) for each in value.values()):
            yield f"{path}: has a value that is not {_NAMES[kind]}"


# Types do not change, and postponed annotations are evaluated by each call: for each item of each message.
_hints = cache(get_type_hints)


@cache
def _required(type_: type) -> frozenset[str]:
    if not is_dataclass(type_):
        # Not `__required_keys__`: it has every key where annotations are postponed.
        hints = get_type_hints(type_, include_extras=True)
        return frozenset(name for name, hint in hints.items() if get_origin(hint) is not NotRequired)
    return frozenset(
        each.name for each in fields(type_) if each.default is MISSING and each.default_factory is MISSING
    )
