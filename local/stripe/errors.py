"""Stripe's refusals of a payment, with Stripe's own messages, codes and params."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

USED_BEFORE = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
    "with a connected account without Customer attachment, or was detached from a Customer. It may not be "
    "used again. To use a PaymentMethod multiple times, you must attach it to a Customer first."
)
USED_MEANWHILE = (
    "The PaymentMethod on this PaymentIntent was previously used without being attached to a Customer or was "
    "detached from a Customer, and may not be used again. You can try confirming again with a new "
    "PaymentMethod."
)
RETURN_URL_MISSING = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
    "these payment methods might redirect your customer off of your page, you must provide a `return_url`. "
    "If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to "
    "`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
    "Payment Intents."
)


class StripeRefusal(Exception):  # noqa: N818 - an answer, not a failure of the fake
    """An answer other than 200; `error` is Stripe's error object."""

    def __init__(self, message: str, *, status: int = HTTPStatus.BAD_REQUEST, **fields: object) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": "invalid_request_error", "message": message, **fields}


def missing(kind: str, object_id: str, *, param: str, status: int) -> StripeRefusal:
    """Return the refusal of an ID that names no object."""
    message = f"No such {kind}: '{object_id}'"
    return StripeRefusal(message, status=status, code="resource_missing", param=param)


def unexpected_state(intent: dict[str, Any], operation: str) -> StripeRefusal:
    """Return the refusal of an operation that a PaymentIntent's status does not allow."""
    message = f"You cannot {operation} this PaymentIntent because it has a status of {intent['status']}."
    return StripeRefusal(message, code="payment_intent_unexpected_state", payment_intent=dict(intent))


def customer_missing(payment_method: str, customer: str) -> StripeRefusal:
    """Return the refusal of a PaymentMethod whose Customer is not in the request."""
    message = (
        f"The `payment_method` parameter supplied {payment_method} belongs to the Customer {customer}. "
        "Please include the Customer in the `customer` parameter on the PaymentIntent."
    )
    return StripeRefusal(message, code="parameter_missing", param="source")


def type_not_allowed(payment_method_type: str) -> StripeRefusal:
    """Return the refusal of a PaymentMethod that is not a card."""
    return StripeRefusal(
        f"The PaymentMethod provided ({payment_method_type}) is not allowed for this PaymentIntent. Please "
        "attach a PaymentMethod of one of the following types: card."
    )
