"""Explain errors in the settings."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pydantic import BaseModel, ValidationError

from infra.settings.section import section_in

_LONGEST_VALUE = 60
_SHORTEST_SECRET = 8
_HIDDEN = "[secret]"


class SettingsError(pulumi.RunError):
    """The stack's settings are invalid; the message has a line for each error.

    Pulumi prints a `RunError` by its message alone, without a traceback.
    """


def explain(
    where: str,
    model: type[BaseModel],
    raw: Any,  # noqa: ANN401 - any YAML value
    error: ValidationError,
    *,
    hide_values: bool = False,
) -> str:
    """Return the message for settings that did not validate: each key, its value and what is allowed.

    `hide_values` leaves the values out, for settings that hold a secret.
    """
    lines = [
        _line(model, raw, finding, hide_values=hide_values) for finding in error.errors(include_url=False)
    ]
    if hide_values:
        texts = sorted(_texts(raw), key=len, reverse=True)
        lines = [
            functools.reduce(lambda line, text: line.replace(text, _HIDDEN), texts, line) for line in lines
        ]
    return refusal(where, *lines)


def refusal(where: str, *lines: str) -> str:
    """Return the message for invalid settings, with a line for each error."""
    return "\n  ".join([f"{where} is invalid:", *lines])


def _texts(raw: Any) -> Iterator[str]:  # noqa: ANN401 - any YAML value
    """Return every text in the settings that is long enough to be a secret."""
    if isinstance(raw, str):
        if len(raw) >= _SHORTEST_SECRET:
            yield raw
    elif isinstance(raw, Mapping):
        for value in raw.values():
            yield from _texts(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _texts(value)


def _line(
    model: type[BaseModel],
    raw: Any,  # noqa: ANN401 - any YAML value
    finding: Any,  # noqa: ANN401 - pydantic's loose mapping
    *,
    hide_values: bool,
) -> str:
    location: Sequence[int | str] = finding["loc"]
    path = _path(location)
    if finding["type"] == "extra_forbidden":
        return f"{path}: is not a setting{_suggest(model, location)}"
    if finding["type"] == "missing":
        return f"{path}: is required"
    if finding["type"] == "value_error":
        return f"{path}: {finding['ctx']['error']}"
    shown = _HIDDEN if hide_values else _shown(_value_at(raw, location))
    return f"{path}: {shown} is not allowed: {finding['msg']}"


def _path(location: Sequence[int | str]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or "(the settings as a whole)"


def _value_at(raw: Any, location: Sequence[int | str]) -> Any:  # noqa: ANN401 - any YAML value
    for part in location:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            break
    return raw


def _shown(value: Any) -> str:  # noqa: ANN401 - any YAML value
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def _suggest(model: type[BaseModel], location: Sequence[int | str]) -> str:
    owner = _model_at(model, location[:-1])
    if owner is None:
        return ""
    known = list(owner.model_fields)
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{hint} (allowed here: {', '.join(known)})"


def _model_at(model: type[BaseModel] | None, location: Sequence[int | str]) -> type[BaseModel] | None:
    for part in location:
        if model is None:
            return None
        if isinstance(part, str):
            field = model.model_fields.get(part)
            model = section_in(field.annotation) if field else None
    return model
