"""What can go wrong at the fake Stripe: one plan, which gives every repetition of a run the same faults."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Operation = Literal["create", "confirm", "retrieve", "cancel", "refund", "other"]
FaultKind = Literal["answer", "reset", "slow", "late"]

_HASH_RANGE = 2.0**64


@dataclass(frozen=True, kw_only=True)
class StripeCall:
    """One request as it reached the front, in the order of arrival.

    `request_id` is the order's, from the PaymentIntent's metadata; it is None where none is known. `number`
    counts from 1 how often this operation was asked for this order.
    """

    operation: Operation
    method: str
    path: str
    request_id: str | None
    number: int
    idempotency_key: str | None
    parameters: Mapping[str, str]
    """The form's fields, named as Stripe's library writes them: `metadata[request_id]`."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to misbehave, and the calls that it is for; without conditions it is for every call.

    `kind` says what the caller meets:
    - `answer`: `status` and `error` at once, and nothing happens;
    - `reset`: the connection is reset, and nothing happens;
    - `slow`: `delay_seconds` pass, then the effect, then its answer;
    - `late`: the effect, then `delay_seconds` before its answer. With a delay beyond the caller's time-out
      the money is taken and nobody is told.
    """

    kind: FaultKind
    operations: frozenset[Operation] | None = None
    request_ids: frozenset[str] | None = None
    up_to_number: int | None = None
    """Only for the first so many calls of an operation for an order."""
    share: float = 1.0
    """Of the calls that the conditions leave, how many: drawn by the plan's seed from the call itself."""
    delay_seconds: float = 0.0
    status: int = 503
    error: Mapping[str, Any] = field(default_factory=lambda: {"type": "api_error", "message": "Try later."})

    def is_for(self, call: StripeCall) -> bool:
        """Return whether the conditions, `share` aside, let the fault meet a call."""
        return (
            (self.operations is None or call.operation in self.operations)
            and (self.request_ids is None or call.request_id in self.request_ids)
            and (self.up_to_number is None or call.number <= self.up_to_number)
        )


RATE_LIMITED: Mapping[str, Any] = {
    "type": "invalid_request_error",
    "code": "rate_limit",
    "message": "Too many requests made to the API too quickly.",
}


def unavailable(**conditions: Any) -> Fault:  # noqa: ANN401 - the fields of Fault
    """Return the fault of a Stripe that answers 503 and does nothing."""
    return Fault(kind="answer", status=503, **conditions)


def rate_limited(**conditions: Any) -> Fault:  # noqa: ANN401 - the fields of Fault
    """Return the fault of a Stripe that takes no more requests just now."""
    return Fault(kind="answer", status=429, error=RATE_LIMITED, **conditions)


@dataclass(frozen=True)
class FaultPlan:
    """The faults of a run: a call meets the first that is for it.

    Whether a fault's `share` includes a call depends on the seed, the order, the operation and the call's
    number alone. So a plan is repeatable whatever order the calls come in, and an order that is asked about
    again draws anew.
    """

    faults: tuple[Fault, ...] = ()
    seed: int = 0

    def fault_for(self, call: StripeCall) -> Fault | None:
        """Return the fault that a call meets, if any."""
        for index, fault in enumerate(self.faults):
            if fault.is_for(call) and self._draw(index, call) < fault.share:
                return fault
        return None

    def _draw(self, index: int, call: StripeCall) -> float:
        what = f"{self.seed}/{index}/{call.request_id}/{call.operation}/{call.number}"
        return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big") / _HASH_RANGE
