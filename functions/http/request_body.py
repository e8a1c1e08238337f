"""From a request's body to what it asks for, or to the refusal that says what is wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from functions.http.field_errors import field_errors
from functions.http.json_body import MalformedJson, parse_object
from functions.http.problem import Problem

# Step Functions and SNS carry at most 256 KiB; an order travels through both with room for what is added:
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_BODY_BYTES = 128 * 1024

Model = TypeVar("Model", bound=BaseModel)


def read_body(model: type[Model], content_type: str | None, body: bytes) -> Model:
    """Return what a request's body asks for; raise a 415, 413, 400 or 422 `Problem`, in this order."""
    _check_content_type(content_type)
    if len(body) > MAX_BODY_BYTES:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body has {len(body)} bytes; the limit is {MAX_BODY_BYTES}.",
        )
    try:
        payload = parse_object(body)
    except MalformedJson as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from error
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The body is not valid; see errors.",
            errors=field_errors(error),
        ) from error


def _check_content_type(content_type: str | None) -> None:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Send the body as JSON, with the header content-type: application/json.",
        )
