"""Faults that the fake Stripe can be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Operation = Literal["create", "confirm", "retrieve", "cancel", "refund", "retrieve_payment_method", "other"]


@dataclass(frozen=True, kw_only=True)
class StripeCall:
    """One request, as it arrived.

    `object_id` is the PaymentIntent's or PaymentMethod's in the path, or "". `request_id` is the order's,
    from the PaymentIntent's metadata, or None where none is known. `number` counts from 1 the calls of this
    operation for this order. `parameters` are named as Stripe's library writes them: `metadata[request_id]`.
    """

    operation: Operation
    method: str
    path: str
    object_id: str
    request_id: str | None
    number: int
    idempotency_key: str | None
    parameters: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault, and the calls that it meets; without conditions it meets every call.

    `kind` is what the caller sees:
    - `answer`: `status` and `error` at once, without an effect;
    - `reset`: the connection is reset, without an effect;
    - `slow`: `delay_seconds` pass, then the effect, then its answer;
    - `late`: the effect, then `delay_seconds` before its answer. With a delay beyond the caller's time-out
      the money is taken and the caller does not know it.
    """

    kind: Literal["answer", "reset", "slow", "late"]
    operations: frozenset[Operation] | None = None
    up_to_number: int | None = None
    """Only the first so many calls of an operation for an order."""
    delay_seconds: float = 0.0
    status: int = 503
    error: Mapping[str, Any] = field(default_factory=lambda: {"type": "api_error", "message": "Try later."})

    def applies_to(self, call: StripeCall) -> bool:
        """Return whether a call meets the conditions."""
        return (self.operations is None or call.operation in self.operations) and (
            self.up_to_number is None or call.number <= self.up_to_number
        )


def unavailable(**conditions: Any) -> Fault:  # noqa: ANN401 - the fields of Fault
    """Return the fault that answers 503."""
    return Fault(kind="answer", status=503, **conditions)


def rate_limited(**conditions: Any) -> Fault:  # noqa: ANN401 - the fields of Fault
    """Return the fault that answers 429."""
    error = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests."}
    return Fault(kind="answer", status=429, error=error, **conditions)
