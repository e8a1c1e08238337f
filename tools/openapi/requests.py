"""What an operation takes: parameters, bodies, and who may call."""

from __future__ import annotations

import json
from typing import get_args

from functions.domain.client import ANONYMOUS, CLIENT_ID_PATTERN
from functions.domain.delivery_view import DELIVERY_STATUSES
from functions.domain.idempotency import IDEMPOTENCY_KEY_PATTERN
from functions.domain.order import OrderStatus
from functions.domain.resource_id import LONGEST_ID
from functions.http.caller import CLIENT_ID_HEADER
from functions.http.idempotency_key import IDEMPOTENCY_KEY_HEADER
from functions.http.instants import INSTANT_SCHEMA
from functions.http.paging import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT
from tools.openapi.answers import Part
from tools.openapi.names import reference


def _header(name: str, description: str, pattern: str) -> Part:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "description": description, "schema": schema}


def _query(name: str, description: str, schema: Part) -> Part:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _path(name: str, description: str) -> Part:
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


PARAMETERS: dict[str, Part] = {
    "client": _header(
        CLIENT_ID_HEADER,
        "Who is calling, where the service asks for no proof (`api.auth: none`); else unread. "
        f"Without it: {json.dumps(ANONYMOUS)}.",
        CLIENT_ID_PATTERN,
    ),
    "idempotency_key": _header(
        IDEMPOTENCY_KEY_HEADER,
        "The same key with the same order is the same order, however often it is posted.",
        IDEMPOTENCY_KEY_PATTERN,
    ),
    "request_id": _path("request_id", "The order's: what `POST /orders` answered."),
    "order_status": _query("status", "Only orders that have it.", {"enum": list(get_args(OrderStatus))}),
    "since": _query(
        "since", "The first instant, with a time zone; a `+` is written as `%2B`.", INSTANT_SCHEMA
    ),
    "until": _query("until", "The instant after the last, which must be after `since`.", INSTANT_SCHEMA),
    "limit": _query(
        "limit",
        f"The greatest number of entries in the page, which may have fewer. Without it: {DEFAULT_LIMIT}.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
    ),
    "cursor": _query(
        "cursor",
        "The `next_cursor` of the page before, with the same parameters.",
        {"type": "string", "minLength": 1, "maxLength": MAX_CURSOR_LENGTH},
    ),
    "delivery_status": _query("status", "Only deliveries that have it.", {"enum": list(DELIVERY_STATUSES)}),
    "event_id": _path("event_id", "The event's `id`."),
    "job_id": _path("job_id", "The recovery's: what `POST /webhooks/{webhook_id}/recover` answered."),
    "webhook_id": _path("webhook_id", "The webhook's: what `POST /webhooks` answered."),
}

# A stack has one of the three: the setting `api.auth`.
SECURITY: list[Part] = [{"iam": []}, {"jwt": []}, {}]
SECURITY_SCHEMES: dict[str, Part] = {
    "iam": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`api.auth: iam`: AWS Signature Version 4, for the service `execute-api`.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "jwt": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "`api.auth: jwt`: a token of the issuer and for the audience in the stack's settings.",
    },
}


def parameters(*names: str) -> list[Part]:
    """Return references to parameters, that of the caller among them."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in (*names, "client")]


def body(schema: str, *, required: bool = True, examples: Part) -> Part:
    """Return a JSON body of a schema."""
    content = {"application/json": {"schema": reference(schema), "examples": examples}}
    return {"required": required, "content": content}


def example(summary: str, value: Part) -> Part:
    """Return an example."""
    return {"summary": summary, "value": value}
