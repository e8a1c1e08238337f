"""Payments: the requests to a payment gateway, its results and its errors."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

PaymentStatus = Literal["approved", "declined", "failed"]


class PaymentGatewayUnavailable(Exception):  # noqa: N818 - the workflow's Retry and Catch know it by this name
    """The gateway did not answer; a retry with the same idempotency key is safe."""


class PaymentGatewayRefused(Exception):  # noqa: N818 - an execution's error name, read by operators
    """The gateway refuses our request until an operator corrects what the message names; no money moved."""


class PaymentRequest(BaseModel):
    """One charge; `total_amount` is in the currency's minor unit.

    `attempt` counts from 0 and is for logs and simulations: a gateway recognises a repeated charge by
    `idempotency_key` alone.
    """

    model_config = ConfigDict(frozen=True)

    idempotency_key: str
    reference: str
    currency: str
    total_amount: int
    payment_method: str
    attempt: int = 0


class Payment(BaseModel):
    """The result of a charge. `id` is the gateway's own; `reason` says why a payment was not approved."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    id: str | None = None
    status: PaymentStatus
    reason: str | None = None


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
