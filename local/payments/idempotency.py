"""Idempotency keys as Stripe honours them, which localstripe does not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus

from local.payments.upstream import Answer

# https://docs.stripe.com/api/idempotent_requests: nothing is kept of a request that did not begin.
_NOT_KEPT = {HTTPStatus.UNAUTHORIZED, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
_IN_FLIGHT = Answer(
    HTTPStatus.CONFLICT,
    {
        "error": {
            "type": "invalid_request_error",
            "code": "idempotency_key_in_use",
            "message": "There is currently another in-progress request using this idempotency key.",
        }
    },
)
_OTHER_REQUEST = Answer(
    HTTPStatus.BAD_REQUEST,
    {
        "error": {
            "type": "idempotency_error",
            "message": "Keys for idempotent requests can only be used with the same parameters they were "
            "first used with.",
        }
    },
)


class IdempotencyKeys:
    """What was answered to which key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[str, object] = {}
        self._answers: dict[str, Answer] = {}

    def once(self, key: str | None, request: object, act: Callable[[], Answer]) -> Answer:
        """Act and return the answer, or return what an equal request with the same key was answered."""
        if key is None:
            return act()
        with self._lock:
            if key in self._requests:
                if self._requests[key] != request:
                    return _OTHER_REQUEST
                return self._answers.get(key, _IN_FLIGHT)
            self._requests[key] = request
        answer = None
        try:
            answer = act()
        finally:
            with self._lock:
                if answer is None or answer.status in _NOT_KEPT:
                    self._requests.pop(key, None)
                else:
                    self._answers[key] = answer
        return answer

    def forget(self) -> None:
        """Forget every key whose request is over."""
        with self._lock:
            for key in self._answers:
                self._requests.pop(key, None)
            self._answers.clear()
