"""Explain errors in the settings."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import pulumi
from pydantic import BaseModel, ValidationError

from infra.settings.section import section_in

_LONGEST_VALUE = 60


class SettingsError(pulumi.RunError):
    """The stack's settings are invalid; the message has a line for each error.

    Pulumi prints a `RunError` by its message alone, without a traceback.
    """


def explain(where: str, model: type[BaseModel], raw: Any, error: ValidationError) -> str:  # noqa: ANN401
    """Return the message for settings that did not validate: each key, its value and what is allowed."""
    findings = error.errors(include_url=False)
    return refusal(where, *(_line(model, raw, finding) for finding in findings))


def refusal(where: str, *lines: str) -> str:
    """Return the message for invalid settings, with a line for each error."""
    return "\n  ".join([f"{where} is invalid:", *lines])


def _line(model: type[BaseModel], raw: Any, finding: Any) -> str:  # noqa: ANN401 - pydantic's loose mapping
    location: Sequence[int | str] = finding["loc"]
    path = _path(location)
    if finding["type"] == "extra_forbidden":
        return f"{path}: is not a setting{_suggest(model, location)}"
    if finding["type"] == "missing":
        return f"{path}: is required"
    if finding["type"] == "value_error":
        return f"{path}: {finding['ctx']['error']}"
    return f"{path}: {_shown(_value_at(raw, location))} is not allowed: {finding['msg']}"


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
