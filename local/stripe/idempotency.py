"""Idempotency keys as Stripe honours them: https://docs.stripe.com/api/idempotent_requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class StripeResponse:
    """A status and a JSON object; `replayed` marks the stored response to an equal request."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


def error_response(status: int, **error: object) -> StripeResponse:
    """Return a response with Stripe's error object."""
    return StripeResponse(status, {"error": error})


_IN_PROGRESS = error_response(
    HTTPStatus.CONFLICT,
    type="invalid_request_error",
    code="idempotency_key_in_use",
    message="There is currently another in-progress request using this idempotency key.",
)
_OTHER_REQUEST = error_response(
    HTTPStatus.BAD_REQUEST,
    type="idempotency_error",
    message="Keys for idempotent requests can only be used with the same parameters they were first used "
    "with.",
)


class IdempotencyKeys:
    """The request that first came with each key, and its response."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[str, object] = {}
        self._responses: dict[str, StripeResponse] = {}

    def once(self, key: str, request: object, execute: Callable[[], StripeResponse]) -> StripeResponse:
        """Execute a request, or return the stored response to an equal request with the same key."""
        with self._lock:
            if key in self._requests:
                if self._requests[key] != request:
                    return _OTHER_REQUEST
                stored = self._responses.get(key)
                return replace(stored, replayed=True) if stored else _IN_PROGRESS
            self._requests[key] = request
        response = execute()
        with self._lock:
            self._responses[key] = response
        return response

    def forget(self) -> None:
        """Forget every key whose request has ended."""
        with self._lock:
            for key in self._responses:
                del self._requests[key]
            self._responses.clear()
