"""Payments by Stripe: one PaymentIntent for each order, retrieved before it is changed.

docs/decisions/0007-look-at-the-payment-then-act.md has the reasons.
"""

from __future__ import annotations

from typing import Protocol

import stripe

from functions.adapters.stripe_amounts import stripe_amount
from functions.adapters.stripe_api import StripeApi, refused
from functions.adapters.stripe_refusals import decline_reason
from functions.domain.payment import (
    AUTHENTICATION_REQUIRED,
    GIVEN_BACK,
    NOTHING_TAKEN,
    PAYMENT_METHOD_UNUSABLE,
    RELEASED,
    UNCHARGEABLE_AMOUNT,
    Payment,
    PaymentGatewayRefused,
    PaymentGatewayUnavailable,
    PaymentRequest,
)

# Stored instead of a PaymentIntent's ID: the payment was released before there was one, and there must
# never be one.
_NO_INTENT = "none"
# Stripe's cancellation reasons: the PaymentIntent waited for its customer, or was released.
_ABANDONED = "abandoned"
_GIVEN_UP = "requested_by_customer"


class Record(Protocol):
    """Stores an order's PaymentIntent; `functions.adapters.charge_record.ChargeRecord` is one."""

    def find(self, request_id: str) -> str | None:
        """Return the ID stored for an order, or None."""

    def keep(self, request_id: str, charge_id: str) -> str:
        """Store an ID for an order that has none, and return the one that it has from now on."""


class StripeGateway:
    """Takes and releases payments by card."""

    def __init__(self, api: StripeApi, record: Record) -> None:
        self._api = api
        self._record = record

    def charge(self, request: PaymentRequest) -> Payment:
        """Confirm the order's PaymentIntent unless that was done before, and return the result."""
        amount = stripe_amount(request.currency, request.total_amount)
        if amount is None:
            return Payment(status="declined", reason=UNCHARGEABLE_AMOUNT)
        try:
            intent_id = self._record.find(request.idempotency_key)
            intent = self._retrieve(intent_id) if intent_id else self._create(request, amount)
            if intent is None:
                return Payment(status="failed", reason=RELEASED)
            if intent.status == "requires_confirmation":
                intent = self._confirm(intent, request)
        except stripe.CardError as error:
            return Payment(status="declined", reason=_reason_of(error.error))
        except stripe.InvalidRequestError as error:
            reason = decline_reason(error, request.payment_method, self._api)
            if reason is None:
                raise refused(error) from None
            return Payment(status="declined", reason=reason)
        return self._outcome(intent)

    def release(self, request: PaymentRequest) -> Payment:
        """Refund what was taken, or cancel the PaymentIntent, after which it can take nothing."""
        try:
            # Where there is no PaymentIntent there must never be one: a charge may still be under way.
            intent = self._retrieve(self._record.keep(request.idempotency_key, _NO_INTENT))
            if intent is None or intent.status == "canceled":
                return Payment(id=intent.id if intent else None, status="failed", reason=NOTHING_TAKEN)
            if intent.status == "succeeded":
                self._refund(intent, request)
                return Payment(id=intent.id, status="failed", reason=GIVEN_BACK)
        except stripe.InvalidRequestError as error:
            raise refused(error) from None
        self._cancel(intent, _GIVEN_UP)
        return Payment(id=intent.id, status="failed", reason=NOTHING_TAKEN)

    def _create(self, request: PaymentRequest, amount: int) -> stripe.PaymentIntent | None:
        """Create the PaymentIntent, which takes nothing yet, and store its ID before it can take anything."""
        intent = self._api.ask(
            lambda client: client.v1.payment_intents.create(
                params={
                    "amount": amount,
                    "currency": request.currency.lower(),
                    "payment_method": request.payment_method,
                    # Other types send the customer to a page, or take days.
                    "allowed_payment_method_types": ["card"],
                    # Else Stripe refuses a confirmation without a return_url, as soon as the account
                    # accepts a type that redirects.
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "metadata": {"request_id": request.idempotency_key, "reference": request.reference},
                },
                options={"idempotency_key": f"{request.idempotency_key}/create"},
            )
        )
        kept = self._record.keep(request.idempotency_key, intent.id)
        return intent if kept == intent.id else self._retrieve(kept)

    def _retrieve(self, intent_id: str) -> stripe.PaymentIntent | None:
        if intent_id == _NO_INTENT:
            return None
        try:
            return self._api.ask(lambda client: client.v1.payment_intents.retrieve(intent_id))
        except stripe.InvalidRequestError as error:
            # Never a decline: in an account that does not know the order's PaymentIntent, its PaymentMethod
            # is missing as well, but the PaymentIntent may have taken the money.
            raise refused(error) from None

    def _confirm(self, intent: stripe.PaymentIntent, request: PaymentRequest) -> stripe.PaymentIntent:
        try:
            return self._api.ask(
                lambda client: client.v1.payment_intents.confirm(
                    intent.id, options={"idempotency_key": f"{request.idempotency_key}/confirm"}
                )
            )
        except (stripe.CardError, stripe.InvalidRequestError):
            # A decline, or another attempt was quicker: the PaymentIntent's status shows which.
            seen = self._retrieve(intent.id)
            if seen is None or seen.status == "requires_confirmation":
                raise
            return seen

    def _outcome(self, intent: stripe.PaymentIntent) -> Payment:
        if intent.status == "succeeded":
            return Payment(id=intent.id, status="approved")
        if intent.status == "requires_payment_method":
            return Payment(id=intent.id, status="declined", reason=_reason_of(intent.last_payment_error))
        if intent.status == "processing":
            raise PaymentGatewayUnavailable(f"Stripe has not decided on {intent.id} yet")
        if intent.status == "requires_action":
            # The customer is not present to authenticate, and the payment must not be completed later.
            self._cancel(intent, _ABANDONED)
        elif intent.status != "canceled":
            raise PaymentGatewayRefused(
                f"{intent.id} has the unexpected status {intent.status}: check it in Stripe"
            )
        if intent.status == "requires_action" or intent.cancellation_reason == _ABANDONED:
            return Payment(id=intent.id, status="declined", reason=AUTHENTICATION_REQUIRED)
        return Payment(id=intent.id, status="failed", reason=RELEASED)

    def _cancel(self, intent: stripe.PaymentIntent, reason: str) -> None:
        try:
            self._api.ask(
                lambda client: client.v1.payment_intents.cancel(
                    intent.id, params={"cancellation_reason": reason}
                )
            )
        except stripe.InvalidRequestError:
            what = f"{intent.id} was {intent.status} and could not be cancelled: it is retrieved again"
            raise PaymentGatewayUnavailable(what) from None

    def _refund(self, intent: stripe.PaymentIntent, request: PaymentRequest) -> None:
        try:
            refund = self._api.ask(
                lambda client: client.v1.refunds.create(
                    params={"payment_intent": intent.id},
                    options={"idempotency_key": f"{request.idempotency_key}/refund"},
                )
            )
        except stripe.InvalidRequestError as error:
            if error.code == "charge_already_refunded":
                return
            raise
        if refund.status in ("failed", "canceled"):
            raise PaymentGatewayRefused(
                f"the refund of {intent.id} has the status {refund.status}: refund it in Stripe"
            )


def _reason_of(error: stripe.ErrorObject | stripe.PaymentIntent.LastPaymentError | None) -> str:
    # A field that Stripe leaves out of an object is no attribute of it.
    code: str | None = getattr(error, "decline_code", None) or getattr(error, "code", None)
    if code:
        return code
    is_refusal = getattr(error, "type", None) == "invalid_request_error"
    return PAYMENT_METHOD_UNUSABLE if is_refusal else "declined"
