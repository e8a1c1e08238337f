"""From a request's body to an order, or to the refusal that says what is wrong."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import ValidationError

from functions.domain.json_body import MalformedJson, parse_object
from functions.domain.order import OrderRequest
from functions.domain.problem import Problem
from functions.domain.validation import field_errors

# Step Functions and SNS carry at most 256 KiB; the order travels through both with room for what is added:
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_BODY_BYTES = 128 * 1024


def read_order(content_type: str | None, body: bytes) -> OrderRequest:
    """Return the order in a request's body; raise a 415, 413, 400 or 422 `Problem`, in this order."""
    _check_content_type(content_type)
    if len(body) > MAX_BODY_BYTES:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body has {len(body)} bytes; the most that is taken is {MAX_BODY_BYTES}.",
        )
    try:
        payload = parse_object(body)
    except MalformedJson as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The body is not a JSON object: {error}.") from error
    try:
        return OrderRequest.model_validate(payload)
    except ValidationError as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The order is not valid: see errors.",
            errors=field_errors(error),
        ) from error


def _check_content_type(content_type: str | None) -> None:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Send the order as JSON, with the header content-type: application/json.",
        )
