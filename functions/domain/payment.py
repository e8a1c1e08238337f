"""Payments: the requests to a payment gateway, its results and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

PaymentProvider = Literal["simulated", "stripe"]
PaymentStatus = Literal["approved", "declined", "failed"]


class PaymentGatewayUnavailable(Exception):  # noqa: N818 - the workflow's Retry and Catch know it by this name
    """The gateway did not answer; a retry with the same idempotency key is safe."""


class PaymentGatewayRefused(Exception):  # noqa: N818 - an execution's error name, read by operators
    """The gateway refuses our request until an operator corrects what the message names; no money moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One charge; `total_amount` is in the currency's minor unit.

    `attempt` counts from 0 and is for logs and simulations: a gateway recognises a repeated charge by
    `idempotency_key` alone.
    """

    idempotency_key: str
    reference: str
    currency: str
    total_amount: int
    payment_method: str
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The result of a charge. `id` is the gateway's own; `reason` says why a payment was not approved."""

    # For the models that contain a payment: pydantic reads it, and need not be imported here.
    __pydantic_config__: ClassVar = {"json_schema_serialization_defaults_required": True}

    id: str | None = None
    status: PaymentStatus
    reason: str | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Payment:
        """Return the payment of a document that `document` has made; other fields of it are ignored."""
        return cls(id=document.get("id"), status=document["status"], reason=document.get("reason"))

    def document(self) -> dict[str, Any]:
        """Return the payment as JSON-able data, without what is not known."""
        known = {"id": self.id, "status": self.status, "reason": self.reason}
        return {name: value for name, value in known.items() if value is not None}


# Why a released payment failed: nothing had been taken, or what had been taken was refunded.
NOTHING_TAKEN = "nothing_taken"
GIVEN_BACK = "given_back"
# Why a charge failed that was requested after its payment had been released.
RELEASED = "payment_released"
# Why a payment was declined before a bank decided: its customer would have to authenticate, or the gateway
# cannot charge such an amount in its currency.
AUTHENTICATION_REQUIRED = "authentication_required"
UNCHARGEABLE_AMOUNT = "unchargeable_amount"
# The payment method belongs to a customer of the gateway, whom an order does not name.
PAYMENT_METHOD_OF_A_CUSTOMER = "payment_method_of_a_customer"
# The gateway refuses the payment method without a code: above all one that was used before.
PAYMENT_METHOD_UNUSABLE = "payment_method_unusable"


class PaymentGateway(Protocol):
    """Takes and releases payments."""

    def charge(self, request: PaymentRequest) -> Payment:
        """Take a payment once, however often it is called with the same idempotency key.

        A refusal by the bank is a `declined` payment, not an error. Raises `PaymentGatewayUnavailable`
        when the outcome is not known, and `PaymentGatewayRefused` when an operator has to correct something.
        """
        ...

    def release(self, request: PaymentRequest) -> Payment:
        """Make sure that no money is kept, now or later, for a charge whose outcome was never known.

        Returns a `failed` payment whose reason says what was found: nothing, or money that was refunded.
        Raises `PaymentGatewayUnavailable` when that is not certain yet, and `PaymentGatewayRefused`
        as for a charge.
        """
        ...
