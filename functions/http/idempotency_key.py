"""The header `idempotency-key`."""

from __future__ import annotations

from http import HTTPStatus

from functions.domain.idempotency import InvalidIdempotencyKey, check_idempotency_key
from functions.http.problem import FieldError, Problem
from functions.http.request import Request

IDEMPOTENCY_KEY_HEADER = "idempotency-key"


def idempotency_key_of(request: Request) -> str | None:
    """Return the request's idempotency key, or None; raise a 400 `Problem` that names the rule."""
    key = request.header(IDEMPOTENCY_KEY_HEADER)
    try:
        return None if key is None else check_idempotency_key(key)
    except InvalidIdempotencyKey as error:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"The header {IDEMPOTENCY_KEY_HEADER} {error}.",
            errors=[FieldError(IDEMPOTENCY_KEY_HEADER, str(error))],
        ) from error
