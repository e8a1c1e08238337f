"""What an operation takes: parameters, bodies, and who may call."""

from __future__ import annotations

import json
from typing import get_args

from functions.domain.client import ANONYMOUS, CLIENT_ID_PATTERN
from functions.domain.delivery_view import DELIVERY_STATUSES
from functions.domain.idempotency import IDEMPOTENCY_KEY_PATTERN
from functions.domain.order import OrderStatus
from functions.domain.resource_id import LONGEST_ID
from functions.http.headers import CLIENT_ID_HEADER, IDEMPOTENCY_KEY_HEADER
from functions.http.instants import INSTANT_SCHEMA
from functions.http.query_limits import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT
from tools.openapi.answers import Part
from tools.openapi.names import reference

PAGE_PARAMETERS: dict[str, Part] = {
    "since": {
        "name": "since",
        "in": "query",
        "description": "The first instant, with a time zone; a `+` is written as `%2B`.",
        "schema": INSTANT_SCHEMA,
    },
    "until": {
        "name": "until",
        "in": "query",
        "description": "The instant after the last, which must be after `since`.",
        "schema": INSTANT_SCHEMA,
    },
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "The greatest number of entries in the page, which may have fewer. "
        f"Without it: {DEFAULT_LIMIT}.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the page before, with the same parameters.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CURSOR_LENGTH},
    },
}

PARAMETERS: dict[str, Part] = {
    "client": {
        "name": CLIENT_ID_HEADER,
        "in": "header",
        "description": "Who is calling, where the service asks for no proof (`api.auth: none`); else unread. "
        f"Without it: {json.dumps(ANONYMOUS)}.",
        "schema": {"type": "string", "pattern": CLIENT_ID_PATTERN},
    },
    "idempotency_key": {
        "name": IDEMPOTENCY_KEY_HEADER,
        "in": "header",
        "description": "The same key with the same order is the same order, however often it is posted.",
        "schema": {"type": "string", "pattern": IDEMPOTENCY_KEY_PATTERN},
    },
    "request_id": {
        "name": "request_id",
        "in": "path",
        "required": True,
        "description": "The order's: what `POST /orders` answered.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    },
    "order_status": {
        "name": "status",
        "in": "query",
        "description": "Only orders that have it.",
        "schema": {"enum": list(get_args(OrderStatus))},
    },
    **PAGE_PARAMETERS,
    "delivery_status": {
        "name": "status",
        "in": "query",
        "description": "Only deliveries that have it.",
        "schema": {"enum": list(DELIVERY_STATUSES)},
    },
    "event_id": {
        "name": "event_id",
        "in": "path",
        "required": True,
        "description": "The event's `id`.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    },
    "job_id": {
        "name": "job_id",
        "in": "path",
        "required": True,
        "description": "The recovery's: what `POST /webhooks/{webhook_id}/recover` answered.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    },
    "webhook_id": {
        "name": "webhook_id",
        "in": "path",
        "required": True,
        "description": "The webhook's: what `POST /webhooks` answered.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    },
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
