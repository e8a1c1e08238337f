"""One name for each schema: generated clients have a type for each."""

from __future__ import annotations

from typing import Any, get_args

from functions.domain.delivery_view import DeliveryStatus
from functions.domain.event import HealthEventType, OrderEventType
from functions.domain.order import OrderStatus
from functions.domain.payment import PaymentStatus
from functions.domain.webhook import WebhookEventType, WebhookStatus

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
# Pydantic writes a Literal out wherever it is used.
_ENUMS: dict[str, tuple[str, ...]] = {
    "DeliveryStatus": get_args(DeliveryStatus),
    "HealthEventType": get_args(HealthEventType),
    "OrderEventType": get_args(OrderEventType),
    "OrderStatus": get_args(OrderStatus),
    "PaymentStatus": get_args(PaymentStatus),
    "WebhookEventType": get_args(WebhookEventType),
    "WebhookStatus": get_args(WebhookStatus),
}
# Pydantic's endings where a model differs between a request and an answer.
_IN_REQUESTS, _IN_ANSWERS = "-Input", "-Output"


def reference(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"{_PREFIX}{name}"}


def with_one_name_each(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """Make one schema of a model that requests and answers have.

    They may differ in that requests are closed: a reference in a request says so itself. Raises ValueError
    where they differ in anything else.
    """
    named: dict[str, Schema] = {}
    for name, schema in schemas.items():
        model = name.removesuffix(_IN_REQUESTS).removesuffix(_IN_ANSWERS)
        is_shared = name != model
        made = _open(schema) if is_shared else schema
        made = _rewritten(made)
        if named.setdefault(model, made) != made:
            raise ValueError(f"{model} is another one in requests than in answers: give each a model")
    return named


def with_named_enums(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """Return the schemas with references in place of the enumerations that have a name."""
    enums = {name: {"enum": list(values), "type": "string"} for name, values in _ENUMS.items()}
    return {name: _referring(schema, enums) for name, schema in schemas.items()} | enums


def _open(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "additionalProperties"}


def _rewritten(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(part, list):
        return [_rewritten(each) for each in part]
    if not isinstance(part, dict):
        return part
    target = part.get("$ref", "")
    if isinstance(target, str) and target.endswith(_IN_REQUESTS):
        return {"$ref": target.removesuffix(_IN_REQUESTS), "unevaluatedProperties": False}
    if isinstance(target, str) and target.endswith(_IN_ANSWERS):
        return {"$ref": target.removesuffix(_IN_ANSWERS)}
    return {key: _rewritten(value) for key, value in part.items()}


def _referring(part: Any, enums: dict[str, Schema]) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(part, list):
        return [_referring(each, enums) for each in part]
    if not isinstance(part, dict):
        return part
    for name, enum in enums.items():
        if {key: part.get(key) for key in enum} == enum:
            return {**{key: value for key, value in part.items() if key not in enum}, **reference(name)}
    return {key: _referring(value, enums) for key, value in part.items()}
