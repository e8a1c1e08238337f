"""The HTTP interface's document, as a measure for what the service really answers."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from tools.openapi.document import build_document
from tools.openapi.schemas import component_schemas


def closed_document() -> dict[str, Any]:
    """The document with no room in our own answers and events for a field that it does not know."""
    document = copy.deepcopy(build_document())
    for name in component_schemas():
        schema = document["components"]["schemas"][name]
        if "properties" in schema:
            schema["additionalProperties"] = False
    return document


@cache
def _document() -> dict[str, Any]:
    return closed_document()


def schema_validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """What checks values against a schema of the document, formats included.

    Its patterns are those of ECMA-262, as JSON Schema has them: Python's `$` is true before a last newline.
    """
    whole = {**schema, "components": _document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation: its method in capitals, its path, and what is said of it."""
    for path, methods in _document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def check_reply(operation_id: str, reply: Mapping[str, Any], body: Any) -> None:
    """Fail unless a function's reply is one that the document knows of its operation."""
    response = response_of(operation_id, reply["statusCode"])
    headers = {**reply["headers"], "apigw-requestid": "API Gateway adds it"}
    assert set(headers) <= {"content-type", *response["headers"]}
    check_answer(response, headers, body)


def response_of(operation_id: str, status: int) -> dict[str, Any]:
    """What the document says of one answer of an operation."""
    (responses,) = (each["responses"] for *_, each in operations() if each["operationId"] == operation_id)
    assert str(status) in responses, f"{operation_id} is not documented to answer {status}"
    return _resolve(responses[str(status)])


def check_answer(response: Mapping[str, Any], headers: Mapping[str, str], body: Any) -> None:
    """Fail unless an answer's headers and body are as the document has them."""
    for name, part in response["headers"].items():
        header = _resolve(part)
        if name in headers:
            value = int(headers[name]) if header["schema"].get("type") == "integer" else headers[name]
            schema_validator(header["schema"]).validate(value)
        else:
            assert not header.get("required"), f"the header {name} is missing"
    if "content" not in response:
        assert body is None
        return
    schema_validator(response["content"][headers["content-type"]]["schema"]).validate(body)


def _resolve(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the document, or what it refers to."""
    if "$ref" not in part:
        return part
    found: Any = _document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found
