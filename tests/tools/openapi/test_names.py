"""Generated clients have one type for each model, and a field with a default is optional in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.support.orders import item
from tools.openapi.document import build_document
from tools.openapi.names import with_one_name_each

DOCUMENT = build_document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


def test_a_name_is_one_that_languages_have() -> None:
    assert all(name.isidentifier() for name in SCHEMAS)
    assert not [name for name in SCHEMAS if name.endswith(("Input", "Output"))]


def test_every_reference_leads_somewhere() -> None:
    for part in parts(DOCUMENT):
        if "$ref" in part:
            found = DOCUMENT
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]


def test_requests_and_answers_share_an_item_that_only_requests_close() -> None:
    red = item(colour="red")
    in_request = SCHEMAS["OrderRequest"]["properties"]["items"]["items"]
    in_answer = SCHEMAS["OrderView"]["properties"]["items"]["items"]
    assert in_request["$ref"] == in_answer["$ref"] == "#/components/schemas/Item"
    components = {"components": DOCUMENT["components"]}
    assert not jsonschema_rs.Draft202012Validator({**in_request, **components}).is_valid(red)
    assert jsonschema_rs.Draft202012Validator({**in_answer, **components}).is_valid(red)


def test_an_enumeration_has_a_name_where_several_schemas_have_it() -> None:
    found = Counter(tuple(part["enum"]) for part in parts(SCHEMAS) if "enum" in part)
    # Of every envelope, and of every event: SNS's and CloudEvents' own attributes.
    unnamed = {("1", "2"), ("/orders", "/webhooks")}
    assert {values for values, count in found.items() if count > 1} <= unnamed
    assert {"OrderEventType", "OrderStatus", "PaymentStatus", "WebhookEventType"} <= set(SCHEMAS)


def test_a_field_with_a_default_is_optional_and_says_what_holds_without_it() -> None:
    assert not [part for part in parts(DOCUMENT["components"]) if "default" in part]
    request = SCHEMAS["WebhookRequest"]
    assert request["required"] == ["url"]
    assert '"order.declined"' in request["properties"]["event_types"]["description"]


def test_a_model_that_is_two_is_not_made_one() -> None:
    schemas = {
        "Item-Input": {"type": "object", "properties": {}, "additionalProperties": False},
        "Item-Output": {"type": "object", "properties": {"id": {"type": "string"}}},
    }
    with pytest.raises(ValueError, match="Item is another one"):
        with_one_name_each(schemas)
