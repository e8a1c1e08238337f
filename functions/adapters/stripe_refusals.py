"""Whether a request that Stripe refuses is the client's fault, which is a decline, or ours."""

from __future__ import annotations

import re

import stripe

from functions.adapters.stripe_api import StripeApi
from functions.domain.payment import PAYMENT_METHOD_OF_A_CUSTOMER, PAYMENT_METHOD_UNUSABLE

# The parameters that the client chose. https://docs.stripe.com/error-codes
_PARAMETERS_OF_THE_ORDER = frozenset(("amount", "currency", "payment_method"))
_UNSUPPORTED_TYPE = "payment_method_unsupported_type"
_FAULTS_OF_THE_ORDER = frozenset(
    f"""
    payment_intent_incompatible_payment_method payment_method_currency_mismatch payment_method_not_available
    payment_method_restricted payment_method_unactivated payment_method_unexpected_state
    {_UNSUPPORTED_TYPE}
    """.split()
)


def decline_reason(error: stripe.InvalidRequestError, payment_method: str, api: StripeApi) -> str | None:
    """Return why an order's payment is declined, or None where the refused request is our fault.

    Stripe sends neither `code` nor `param` with many refusals of a PaymentMethod, and with some the names of
    parameters that we never send. So the PaymentMethod itself is looked up. Raises as `StripeApi.ask` does.
    """
    if error.param in _PARAMETERS_OF_THE_ORDER or error.code in _FAULTS_OF_THE_ORDER:
        return error.code or f"invalid_{error.param}"
    try:
        found = api.ask(lambda client: client.v1.payment_methods.retrieve(payment_method))
    except stripe.InvalidRequestError as lookup_error:
        # A look-up has no other parameter.
        return lookup_error.code or PAYMENT_METHOD_UNUSABLE
    if found.type != "card":
        return _UNSUPPORTED_TYPE
    if getattr(found, "customer", None) or getattr(found, "customer_account", None):
        return PAYMENT_METHOD_OF_A_CUSTOMER
    # A PaymentMethod that was used before looks like a new one: only Stripe's message differs.
    message = error.user_message or ""
    is_about_it = payment_method in message or re.search(r"\bPaymentMethod\b", message)
    return PAYMENT_METHOD_UNUSABLE if is_about_it else None
