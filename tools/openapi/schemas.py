"""The document's schemas: those of the service's own models."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from functions.domain.delivery_view import DeliveryDetail
from functions.domain.event_models import OrderEvent, WebhookHealthEvent, WebhookTestEvent
from functions.domain.order_models import OrderView
from functions.domain.order_request import OrderRequest
from functions.domain.recovery_view import RecoveryView
from functions.domain.webhook_request import WebhookChanges, WebhookRequest
from functions.domain.webhook_view import WebhookDetail, WebhookView
from functions.http.bodies import RecoverRequest, RedeliverRequest, RepeatedEvent, SentTestEvent
from functions.http.delivery_lists import DeliveryList, OrderDeliveries
from functions.http.order_list import OrderList
from functions.http.problem import ProblemDocument
from functions.http.small_bodies import AcceptedOrder, Health
from functions.http.webhook_list import WebhookList
from tools.openapi.names import Schema, with_named_enums, with_one_name_each

_REQUESTS: tuple[type[BaseModel], ...] = (
    OrderRequest,
    WebhookRequest,
    WebhookChanges,
    RedeliverRequest,
    RecoverRequest,
)
_ANSWERS: tuple[type[BaseModel], ...] = (
    AcceptedOrder,
    OrderView,
    OrderList,
    RepeatedEvent,
    WebhookView,
    WebhookDetail,
    WebhookList,
    DeliveryDetail,
    DeliveryList,
    OrderDeliveries,
    RecoveryView,
    SentTestEvent,
    Health,
    ProblemDocument,
)
_EVENTS: tuple[type[BaseModel], ...] = (OrderEvent, WebhookTestEvent, WebhookHealthEvent)

# The answer of API Gateway itself, before a function is invoked or after one has failed.
GATEWAY_ANSWER = "GatewayAnswer"


def component_schemas() -> dict[str, Schema]:
    """Return every schema by its name."""
    models: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        *((model, "validation") for model in _REQUESTS),
        *((model, "serialization") for model in (*_ANSWERS, *_EVENTS)),
    ]
    _, made = models_json_schema(models, ref_template="#/components/schemas/{model}", schema_generator=_Maker)
    schemas = with_named_enums(with_one_name_each(made["$defs"]))
    schemas = {name: _untitled(schema) for name, schema in schemas.items()}
    schemas[GATEWAY_ANSWER] = {
        "description": "API Gateway's own form.",
        "type": "object",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
    }
    return dict(sorted(schemas.items()))


def _untitled(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "title"}


class _Maker(GenerateJsonSchema):
    """Pydantic's own rules, but for five."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - the overridden method's
        """Leave out titles: they only repeat the fields' names."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Promise no more of an answer than that its fields are there: later ones may have more."""
        made = super().model_schema(schema)
        if self.mode == "serialization":
            made.pop("additionalProperties", None)
        return made

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Put a default into words: generated types make a field that has `default` a required one.

        Answers say nothing of it: every field is written out.
        """
        made = super().default_schema(schema)
        default = made.pop("default", None)
        if self.mode == "validation" and default is not None:
            words = [made.get("description"), f"Without it: `{json.dumps(default)}`."]
            made["description"] = " ".join(filter(None, words))
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Say that every key has the pattern; pydantic's own way leaves any other key free."""
        made = super().dict_schema(schema)
        for pattern, value in made.pop("patternProperties", {}).items():
            made["propertyNames"] = {**made.get("propertyNames", {}), "pattern": pattern}
            made["additionalProperties"] = value
        return made
