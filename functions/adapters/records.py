"""Dataclasses of the domain to and from plain data for DynamoDB: instants become timestamps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from functions.domain.instant import timestamp

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)
else:
    Record = TypeVar("Record")


def to_plain(value: Any) -> Any:  # noqa: ANN401 - any value of a record
    """Return a value as plain data; of a record, None and defaults are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: to_plain(held)
            for each in fields(value)
            if (held := getattr(value, each.name)) is not None and held != each.default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, tuple | list):
        return [to_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: to_plain(each) for name, each in value.items()}
    return value


def from_plain(record_type: type[Record], data: Mapping[str, Any]) -> Record:
    """Return the record that the data was made of; ignore names that the record does not have."""
    types = _types(record_type)
    required = {each.name: None for each in fields(record_type) if _has_no_default(each)}
    known = {name: _read(types[name], data[name]) for name in types.keys() & data.keys()}
    return record_type(**required | known)


def _has_no_default(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


@cache
def _types(record_type: type[Any]) -> dict[str, Any]:
    return get_type_hints(record_type)


def _read(type_: Any, value: Any) -> Any:  # noqa: ANN401 - as above
    choices = [each for each in get_args(type_) if each is not type(None)]
    origin = get_origin(type_)
    if origin is tuple:
        return _read_tuple(get_args(type_), value)
    if origin is not None and origin is not dict and len(choices) == 1:
        # Of `X | None`, X.
        return _read(choices[0], value)
    if not isinstance(type_, type):
        return value
    if issubclass(type_, datetime):
        return datetime.fromisoformat(value)
    if issubclass(type_, Enum):
        return type_(value)
    return from_plain(type_, value) if is_dataclass(type_) else value


def _read_tuple(types: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if len(types) == 2 and types[1] is ...:
        return tuple(_read(types[0], each) for each in value)
    return tuple(_read(type_, each) for type_, each in zip(types, value, strict=True))
