"""Settings in which everything that has bounds is at one end of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.settings import Settings
from infra.settings.section import section_in

End = Literal["least", "most"]

# What the bounds of one setting do not say: other settings limit it, or it is text.
_OVERRIDES: dict[End, dict[str, Any]] = {
    "least": {
        # The functions take at least three seconds, and a retry waits longer than its interval.
        "queue": {"visibility_timeout_seconds": 3},
        "workflow": {"payment_retry": {"max_delay_seconds": 2}},
        "delivery": {
            "num_retries": 0,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "min_delay_target_seconds": 1,
            "max_delay_target_seconds": 1,
            "max_receives_per_second": 1,
        },
    },
    "most": {
        "production": False,
        # Its interpreter may be one that this machine cannot download.
        "functions": {"build_for": "lambda", "bytecode": False},
        # EXPRESS allows far shorter waits.
        "workflow": {"type": "STANDARD"},
        "api": {"cors": {"origins": ["*"], "max_age_seconds": 86_400}},
        # With half a day between receipts, a message lives through eight.
        "queue": {"max_receive_count": 8},
        "delivery": {
            "num_retries": 100,
            "num_no_delay_retries": 99,
            "num_min_delay_retries": 0,
            "min_delay_target_seconds": 3_600,
            "max_delay_target_seconds": 3_600,
            "max_receives_per_second": 1_000_000,
            "backoff_function": "geometric",
            "header_content_type": "text/plain; charset=UTF-8",
        },
        "subscribers": [
            {
                "name": "s" * 40,
                "url": "https://shop.example/" + "p" * 1_000,
                "client_id": "c" * 256,
                "event_types": ["order.paid"],
            }
        ],
        "tags": {"n" * 128: "v" * 256},
    },
}


def extreme_settings(end: End) -> dict[str, Any]:
    """Return settings that are valid and at one end of all bounds."""
    settings = _merged(_section(Settings, end), _OVERRIDES[end])
    Settings.model_validate(settings)
    return settings


def _section(model: type[BaseModel], end: End) -> dict[str, Any]:
    values = {name: _value(field, end) for name, field in model.model_fields.items()}
    return {name: value for name, value in values.items() if value is not None}


def _value(field: FieldInfo, end: End) -> Any:
    """Return the value at an end, or None where the field has no bounds."""
    annotation, metadata = _unwrapped(field.annotation, field.metadata)
    if (section := section_in(annotation)) and get_origin(annotation) is not tuple:
        # A section without a default is text in the main, such as a domain: other variations have it.
        return _section(section, end) if _all_bounded(section) else None
    if annotation is bool:
        return end == "most"
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0 if end == "least" else -1]
    if get_origin(annotation) is tuple:
        return _items(annotation, metadata, end)
    return _number(metadata, end) if annotation in (int, float) else None


def _all_bounded(section: type[BaseModel]) -> bool:
    return not any(field.is_required() for field in section.model_fields.values())


def _items(annotation: Any, metadata: list[Any], end: End) -> list[Any] | None:
    _, item_metadata = _unwrapped(get_args(annotation)[0], [])
    number = _number(item_metadata, end)
    lengths = [each.max_length for each in metadata if isinstance(each, MaxLen)]
    if number is None or not lengths:
        return None
    least = next((each.min_length for each in metadata if isinstance(each, MinLen)), 0)
    return [number] * (least if end == "least" else lengths[0])


def _number(metadata: list[Any], end: End) -> float | None:
    for each in metadata:
        if end == "least" and isinstance(each, (Ge, Gt)):
            return each.ge if isinstance(each, Ge) else each.gt + 1
        if end == "most" and isinstance(each, (Le, Lt)):
            return each.le if isinstance(each, Le) else each.lt - 1
    return None


def _unwrapped(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """Return an annotation without `None` and without `Annotated`, and all that is known of its bounds."""
    options = [each for each in get_args(annotation) if each is not type(None)]
    if type(None) in get_args(annotation) and len(options) == 1:
        annotation = options[0]
    extra = list(getattr(annotation, "__metadata__", ()))
    if extra:
        annotation = annotation.__origin__
    found = [*metadata, *extra]
    for each in list(found):
        if isinstance(each, FieldInfo):
            found.extend(each.metadata)
    return annotation, found


def _merged(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(settings)
    for name, value in overrides.items():
        if isinstance(value, Mapping) and name in settings and name != "tags":
            merged[name] = _merged(settings[name], value)
        else:
            merged[name] = value
    return merged
