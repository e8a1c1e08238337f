"""From pydantic's findings to sentences that name the field and never the value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from functions.domain.card_number import contains_card_number
from functions.http.problem import FieldError

# A client chooses the names of its unknown fields and of its metadata, and how many of them are wrong: an
# answer repeats only so much.
_LONGEST_FIELD_NAME = 100
_MOST_ERRORS = 100

# By the type of pydantic's error. Its own sentences speak of Python, and change with its releases:
# https://docs.pydantic.dev/latest/errors/validation_errors/
_MESSAGES = {
    "extra_forbidden": "is not a known field",
    "missing": "is required",
    "string_type": "must be a string",
    "int_type": "must be an integer",
    "int_from_float": "must be an integer",
    "bool_type": "must be true or false",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "literal_error": "must be {expected}",
    "string_pattern_mismatch": "must match {pattern}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
_LENGTHS = {
    "too_short": ("at least", "min_length"),
    "too_long": ("at most", "max_length"),
    "string_too_short": ("at least", "min_length"),
    "string_too_long": ("at most", "max_length"),
}
_UNITS = {"text": "character", "Dictionary": "member"}
# A model has got a rule that is not in the table above.
OTHER = "is not valid"


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """Return one entry a finding, in the order of the fields: the first hundred."""
    findings = error.errors(include_url=False, include_input=False, include_context=True)
    return tuple(FieldError(_field(f["loc"]), _message(f)) for f in findings[:_MOST_ERRORS])


def _field(location: Iterable[int | str]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{shown_name(part)}"
    return path.removeprefix(".") or "(body)"


def shown_name(part: str) -> str:
    """Return a name that a client chose as an answer may repeat it."""
    # Twice the length: a card number that the cut goes through is not shown in part.
    hidden = contains_card_number(part[: 2 * _LONGEST_FIELD_NAME], of_any_issuer=True)
    return "(not repeated)" if hidden else part[:_LONGEST_FIELD_NAME]


def _message(finding: Any) -> str:  # noqa: ANN401 - pydantic's own ErrorDetails, a loose mapping
    kind, context = finding["type"], finding.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in _LENGTHS:
        bound, name = _LENGTHS[kind]
        unit = _UNITS.get(context.get("field_type", "text"), "item")
        return f"must have {bound} {context[name]} {unit}{'' if context[name] == 1 else 's'}"
    return _MESSAGES.get(kind, OTHER).format(**context)
