"""The document of the HTTP interface: valid, fresh, and true to the models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate
from pydantic import BaseModel, ValidationError

from functions.domain.client import InvalidClientId, check_client_id
from functions.domain.idempotency import InvalidIdempotencyKey, check_idempotency_key
from functions.domain.order_request import MAX_TOTAL_AMOUNT, OrderRequest
from functions.domain.webhook_request import WebhookChanges, WebhookRequest
from functions.domain.webhook_url import RefusedUrlError, check_webhook_url
from functions.http.bodies import RecoverRequest, RedeliverRequest
from tests.support import order_cases
from tests.support.interface import operations, schema_validator
from tools.openapi.__main__ import FILE
from tools.openapi.document import build_document, render_document
from tools.openapi.requests import PARAMETERS

MODELS: dict[str, type[BaseModel]] = {
    "OrderRequest": OrderRequest,
    "WebhookRequest": WebhookRequest,
    "WebhookChanges": WebhookChanges,
    "RedeliverRequest": RedeliverRequest,
    "RecoverRequest": RecoverRequest,
}


def accepts(schema: str, body: Any) -> bool:
    return schema_validator({"$ref": f"#/components/schemas/{schema}"}).is_valid(body)


def takes(schema: str, body: Any) -> bool:
    try:
        model = MODELS[schema].model_validate(body)
        if isinstance(model, WebhookRequest):
            check_webhook_url(model.url, lambda _: ["93.184.215.14"], allow_local=False)
    except (ValidationError, RefusedUrlError):
        return False
    return True


def test_the_document_is_valid() -> None:
    validate(build_document())


def test_the_file_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == render_document(), "run `make openapi`"


def test_every_example_is_taken() -> None:
    bodies = [operation["requestBody"] for *_, operation in operations() if "requestBody" in operation]
    assert len(bodies) == len(MODELS)
    for content in (each["content"]["application/json"] for each in bodies):
        name = content["schema"]["$ref"].rpartition("/")[2]
        for example in content["examples"].values():
            assert accepts(name, example["value"])
            assert takes(name, example["value"])


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        *(("OrderRequest", each) for each in order_cases.TAKEN),
        ("WebhookRequest", {"url": "https://shop.example"}),
        (
            "WebhookRequest",
            {"url": "https://shop.example:8443/a?b=%20c&d[]=e", "description": "Keyboards \u2013 \u00fc"},
        ),
        ("WebhookRequest", {"url": "https://[2606:2800::1]/", "event_types": ["order.paid"] * 10}),
        ("WebhookRequest", {"url": "https://shop.example/" + "a" * 1_879}),
        ("RedeliverRequest", {}),
        ("RedeliverRequest", {"webhook_id": None}),
        ("RedeliverRequest", {"webhook_id": "x" * 128}),
    ],
)
def test_what_is_taken_is_in_the_schema(schema: str, body: dict[str, Any]) -> None:
    assert takes(schema, body)
    assert accepts(schema, body)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("OrderRequest", []),
        *(("OrderRequest", each) for each in order_cases.REFUSED),
        ("WebhookRequest", {}),
        ("WebhookRequest", {"url": ""}),
        ("WebhookRequest", {"url": "http://shop.example/"}),
        ("WebhookRequest", {"url": "https://user:pass@shop.example/"}),
        ("WebhookRequest", {"url": "https://shop.example/#top"}),
        ("WebhookRequest", {"url": "https://shop.example/a b"}),
        ("WebhookRequest", {"url": "https://shop.example/ü"}),
        ("WebhookRequest", {"url": "https://shop.example/" + "a" * 1_880}),
        ("WebhookRequest", {"url": "https://shop.example", "event_types": []}),
        ("WebhookRequest", {"url": "https://shop.example", "event_types": ["webhook.test"]}),
        ("WebhookRequest", {"url": "https://shop.example", "description": "x" * 201}),
        ("WebhookRequest", {"url": "https://shop.example", "description": "\x1b[2J\u202e\x00"}),
        ("WebhookRequest", {"url": "https://shop.example", "description": " "}),
        ("RedeliverRequest", {"webhook_id": ""}),
        ("RedeliverRequest", {"webhook_id": "x" * 129}),
        ("RedeliverRequest", {"webhook_id": 1}),
        ("RedeliverRequest", {"webhook": "x"}),
    ],
)
def test_what_is_refused_is_not_in_the_schema(schema: str, body: Any) -> None:
    assert not takes(schema, body)
    assert not accepts(schema, body)


@pytest.mark.parametrize("body", order_cases.BEYOND_THE_SCHEMA)
def test_what_no_schema_can_say_is_in_the_description(body: dict[str, Any]) -> None:
    assert not takes("OrderRequest", body)
    assert accepts("OrderRequest", body)
    schema = build_document()["components"]["schemas"]["OrderRequest"]
    assert f"between 1 and {MAX_TOTAL_AMOUNT} " in schema["description"]
    assert "card number is refused" in schema["properties"]["payment_method"]["description"]


@pytest.mark.parametrize(
    "value", ["a", "a@b:c/d", "x" * 128, "x" * 129, "x" * 255, "x" * 256, "", "a b", "a\n", "ü"]
)
@pytest.mark.parametrize(
    ("parameter", "check"), [("client", check_client_id), ("idempotency_key", check_idempotency_key)]
)
def test_a_headers_pattern_is_the_rule(parameter: str, check: Callable[[str], Any], value: str) -> None:
    try:
        check(value)
        taken = True
    except (InvalidClientId, InvalidIdempotencyKey):
        taken = False
    assert schema_validator(PARAMETERS[parameter]["schema"]).is_valid(value) is taken
