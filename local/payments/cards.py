"""Stripe's test payment methods by name, made of the card numbers that localstripe knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_APPROVED = "4242424242424242"
_DECLINED = "4000000000000341"
_NEEDS_CUSTOMER = "4000002500003155"


@dataclass(frozen=True, slots=True)
class Card:
    """What a payment method stands for; `decline_code` is Stripe's, which localstripe does not give."""

    number: str
    decline_code: str | None = None
    stays_processing: bool = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """The request that makes a payment method of it."""
        return {
            "type": "card",
            "card[number]": self.number,
            "card[exp_month]": "12",
            "card[exp_year]": "2099",
            "card[cvc]": "123",
        }


# https://docs.stripe.com/testing?testing-method=payment-methods
CARDS: Mapping[str, Card] = {
    "pm_card_visa": Card(_APPROVED),
    "pm_card_mastercard": Card(_APPROVED),
    "pm_card_chargeDeclined": Card(_DECLINED, "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": Card(_DECLINED, "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": Card(_DECLINED, "lost_card"),
    "pm_card_chargeDeclinedStolenCard": Card(_DECLINED, "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": Card(_DECLINED, "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": Card(_DECLINED, "incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": Card(_DECLINED, "processing_error"),
    "pm_card_chargeDeclinedFraudulent": Card(_DECLINED, "fraudulent"),
    "pm_card_authenticationRequired": Card(_NEEDS_CUSTOMER),
    # Stripe has no card whose payment stays undecided: this name is ours.
    "pm_simulated_processing": Card(_APPROVED, stays_processing=True),
}
