"""Stripe's test PaymentMethods by name, and the result of charging each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """The status of a PaymentIntent that is confirmed with the card, or the error codes of its decline."""

    status: str = "succeeded"
    code: str | None = None
    decline_code: str | None = None


def _declined(code: str, decline_code: str | None = None) -> Card:
    return Card("requires_payment_method", code, decline_code)


# https://docs.stripe.com/testing?testing-method=payment-methods
CARDS: Mapping[str, Card] = {
    "pm_card_visa": Card(),
    "pm_card_mastercard": Card(),
    "pm_card_chargeDeclined": _declined("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _declined("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": _declined("card_declined", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": _declined("card_declined", "stolen_card"),
    "pm_card_chargeDeclinedFraudulent": _declined("card_declined", "fraudulent"),
    # Their error code says enough, so Stripe adds no decline code.
    "pm_card_chargeDeclinedExpiredCard": _declined("expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declined("incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": _declined("processing_error"),
    "pm_card_authenticationRequired": Card("requires_action"),
    # Stripe has no test card whose payment stays undecided: this name is ours.
    "pm_simulated_processing": Card("processing"),
}
