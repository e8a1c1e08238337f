"""The whole document."""

from __future__ import annotations

import json

from tools.openapi.answers import HEADERS, Part, shared_refusals
from tools.openapi.deliveries import deliveries, envelope_schemas
from tools.openapi.delivery_paths import delivery_paths
from tools.openapi.orders import order_paths
from tools.openapi.requests import PARAMETERS, SECURITY, SECURITY_SCHEMES
from tools.openapi.schemas import component_schemas
from tools.openapi.webhooks import webhook_paths
from tools.release import current_version

_DESCRIPTION = """\
Orders are accepted at once and processed later; webhooks receive the outcome as an event.

Amounts are integers in the currency's minor unit. Unknown fields of a body are refused; answers and events
may get new ones. What no path takes is a 404, and a method that a path does not take a 405 with `allow`
(`#/components/responses/MethodNotAllowed`)."""

_SERVERS: list[Part] = [
    {
        "url": "https://{api_id}.execute-api.{region}.amazonaws.com",
        "description": "A stack: the output `api_endpoint`.",
        "variables": {"api_id": {"default": "api-id"}, "region": {"default": "eu-west-1"}},
    },
    {
        "url": "http://127.0.0.1:4566/_aws/execute-api/laptop",
        "description": "A laptop, by `make local`: it takes http:// webhooks too.",
    },
]


def build_document() -> Part:
    """Return the OpenAPI 3.1 document of the HTTP interface, its webhooks included, as JSON-able data."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Order Webhooks",
            "version": current_version(),
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": _SERVERS,
        "security": SECURITY,
        "tags": [
            {"name": "orders", "description": "Placing and showing orders."},
            {"name": "webhooks", "description": "Registering URLs that receive events."},
            {"name": "service", "description": "The service itself."},
            {"name": "deliveries", "description": "What SNS posts to a webhook."},
        ],
        "paths": {**order_paths(), **webhook_paths(), **delivery_paths()},
        "webhooks": deliveries(),
        "components": {
            "schemas": {**component_schemas(), **envelope_schemas()},
            "responses": shared_refusals(),
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def render_document() -> str:
    """Return the document as the text of a file: the same text every time."""
    return json.dumps(build_document(), indent=2) + "\n"
