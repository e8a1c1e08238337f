"""The responses of an operation: its own, its refusals, and those of API Gateway itself."""

from __future__ import annotations

from typing import Any

from tools.openapi.names import Schema, reference
from tools.openapi.schemas import GATEWAY_ANSWER

Part = dict[str, Any]

_JSON = "application/json"
_PROBLEM = "application/problem+json"
_REQUEST_ID = "apigw-requestid"

HEADERS: dict[str, Part] = {
    _REQUEST_ID: {
        "description": "The request's ID: the one to name when asking for help.",
        "schema": {"type": "string", "minLength": 1},
    },
    "cache-control": {"description": "No answer may be stored.", "schema": {"const": "no-store"}},
    "location": {
        "description": "Where to look from now on: a path, or a URL.",
        "schema": {"type": "string", "format": "uri-reference", "pattern": "^(https?:/)?/"},
    },
    "retry-after": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
    "allow": {"description": "The methods that the path takes.", "schema": {"type": "string"}},
}


def success(description: str, schema: str, *, location: bool = False, links: Part | None = None) -> Part:
    """Return an answer with a body of a schema."""
    headers = _headers("location") if location else _headers()
    made = {"description": description, "headers": headers, "content": _content(_JSON, reference(schema))}
    return {**made, "links": links} if links else made


def empty(description: str) -> Part:
    """Return an answer without a body."""
    return {"description": description, "headers": _headers()}


def refusal(description: str, *headers: str) -> Part:
    """Return a refusal that only the functions give."""
    return {"description": description, "headers": _headers(*headers), "content": _problem()}


def shared_refusals() -> dict[str, Part]:
    """Return the refusals that many operations have, by the name of the component."""
    return {
        "BadRequest": _either("The request is malformed: its body, or a header that `detail` names."),
        "Unauthorized": _either("The caller is not authenticated."),
        "Forbidden": _either(
            "The caller lacks the permission, the signature is wrong, or the caller's ID is too long."
        ),
        "NotFound": refusal("The caller has no such resource."),
        "MethodNotAllowed": refusal("The path takes other methods: `allow` names them.", "allow"),
        "ContentTooLarge": _either("The body is larger than 128 KiB."),
        "UnsupportedMediaType": refusal("The body must come with `content-type: application/json`."),
        "UnprocessableContent": refusal("A field is wrong: `errors` names it and its rule."),
        "TooManyRequests": _gateway("More requests than the stage's throttle lets through."),
        "InternalServerError": _either(
            "Internal error. The service's log has the cause under the request ID."
        ),
        "ServiceUnavailable": _either(
            "The service is temporarily unavailable: send the request again.", "retry-after"
        ),
    }


def shared(name: str) -> Part:
    """Return a reference to a shared refusal."""
    return {"$ref": f"#/components/responses/{name}"}


# What every route may answer, and what those that ask who is calling may answer beside.
ALWAYS = {
    "429": shared("TooManyRequests"),
    "500": shared("InternalServerError"),
    "503": shared("ServiceUnavailable"),
}
TO_CALLERS = {
    **ALWAYS,
    "400": shared("BadRequest"),
    "401": shared("Unauthorized"),
    "403": shared("Forbidden"),
}
TO_BODIES = {
    **TO_CALLERS,
    "413": shared("ContentTooLarge"),
    "415": shared("UnsupportedMediaType"),
    "422": shared("UnprocessableContent"),
}


def _either(description: str, *headers: str) -> Part:
    # API Gateway leaves out what our own answers have, so no header can be promised.
    content = {**_problem(), **_content(_JSON, reference(GATEWAY_ANSWER))}
    return {"description": description, "headers": _optional_headers(*headers), "content": content}


def _gateway(description: str) -> Part:
    content = _content(_JSON, reference(GATEWAY_ANSWER))
    return {"description": description, "headers": _optional_headers(), "content": content}


def _problem() -> Part:
    return _content(_PROBLEM, reference("ProblemDocument"))


def _content(media_type: str, schema: Schema) -> Part:
    return {media_type: {"schema": schema}}


def _headers(*names: str) -> Part:
    return {name: {**HEADERS[name], "required": True} for name in (_REQUEST_ID, "cache-control", *names)}


def _optional_headers(*names: str) -> Part:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (_REQUEST_ID, "cache-control", *names)}
