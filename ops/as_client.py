"""Do what a client asks of the API, on its behalf."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ops.errors import OpsError, Refused, explain_problem
from ops.target import Target
from ops.trace.events import OPERATOR

_DONE = range(200, 300)


def call_as_client(
    target: Target,
    function: str,
    route: str,
    client_id: str,
    parameters: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Invoke the function behind a route, such as `POST /webhooks/{webhook_id}/test`, and return its answer.

    It runs the same code, as the same role, and writes the same log record as when the client asks. Raises
    `Refused` with the API's own reason.
    """
    answer = target.client("lambda").invoke(
        FunctionName=target.output("function_names")[function],
        Payload=json.dumps(_request(target, route, client_id, parameters, body or {})).encode(),
    )
    reply = json.loads(answer["Payload"].read())
    if answer.get("FunctionError") or "statusCode" not in reply:
        raise OpsError(f"The function {function} failed: see its log.")
    answered: dict[str, Any] = json.loads(reply.get("body") or "{}")
    if int(reply["statusCode"]) not in _DONE:
        raise Refused(explain_problem(answered))
    return answered


def _request(
    target: Target, route: str, client_id: str, parameters: Mapping[str, str], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what API Gateway would hand to the function if the client asked."""
    method, _, pattern = route.partition(" ")
    path = re.sub(r"\{(\w+)\}", lambda match: quote(parameters[match[1]], safe=""), pattern)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-client-id": client_id},
        "requestContext": {
            "requestId": f"{OPERATOR}{uuid.uuid4()}",
            "routeKey": route,
            "stage": "$default",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "",
                "userAgent": "ops",
            },
            "authorizer": _authorizer(str(target.output("api_auth")), client_id),
        },
        "pathParameters": dict(parameters),
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def _authorizer(auth: str, client_id: str) -> Mapping[str, Any]:
    if auth == "jwt":
        return {"jwt": {"claims": {"client_id": client_id}, "scopes": None}}
    if auth == "iam":
        # The client is the caller's account and user or role: functions.domain.client.
        account, _, caller = client_id.partition(":")
        return {"iam": {"userArn": f"arn:aws:iam::{account}:{caller}"}}
    return {}
