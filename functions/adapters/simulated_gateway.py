"""A payment gateway that decides by the payment method alone, with the names of Stripe's test cards."""

from __future__ import annotations

import re
import uuid

from functions.domain.payment import NOTHING_TAKEN, Payment, PaymentGatewayUnavailable, PaymentRequest

# https://docs.stripe.com/testing#declined-payments
_DECLINES = {
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedLostCard": "lost_card",
    "pm_card_chargeDeclinedStolenCard": "stolen_card",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "pm_card_chargeDeclinedIncorrectCvc": "incorrect_cvc",
    "pm_card_chargeDeclinedProcessingError": "processing_error",
    "pm_card_chargeDeclinedFraudulent": "fraudulent",
}
# Stripe has no card for an outage: these two are ours. The second answers after that many attempts.
_UNAVAILABLE = "pm_simulated_unavailable"
_RECOVERING = re.compile(rf"{_UNAVAILABLE}_(\d{{1,2}})")

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-webhooks:simulated-payments")


class SimulatedGateway:
    """Takes no money. The same idempotency key always gives the same payment."""

    def charge(self, request: PaymentRequest) -> Payment:
        """Return the result that the payment method stands for."""
        if _is_down(request):
            raise PaymentGatewayUnavailable(f"the simulated gateway is down (attempt {request.attempt})")
        payment_id = _payment_id(request)
        reason = _DECLINES.get(request.payment_method)
        if reason:
            return Payment(id=payment_id, status="declined", reason=reason)
        return Payment(id=payment_id, status="approved")

    def release(self, request: PaymentRequest) -> Payment:
        """Return that nothing had been taken: while it is down, this gateway takes nothing."""
        return Payment(id=_payment_id(request), status="failed", reason=NOTHING_TAKEN)


def _payment_id(request: PaymentRequest) -> str:
    return f"pi_simulated_{uuid.uuid5(_NAMESPACE, request.idempotency_key).hex}"


def _is_down(request: PaymentRequest) -> bool:
    recovering = _RECOVERING.fullmatch(request.payment_method)
    return request.payment_method == _UNAVAILABLE or bool(
        recovering and request.attempt < int(recovering.group(1))
    )
