"""Amounts in Stripe's units, which differ from ISO 4217's minor unit for a few currencies."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

# https://docs.stripe.com/currencies#special-cases: no minor unit, but written with two decimals that are 0.
_WRITTEN_WITH_TWO_DECIMALS = ("ISK", "UGX")
# https://docs.stripe.com/currencies#zero-decimal: here without decimals, in ISO 4217 with two.
_WRITTEN_WITHOUT_DECIMALS = ("MGA",)
_STRIPE_UNITS_PER_MINOR_UNIT: Mapping[str, Fraction] = {
    **dict.fromkeys(_WRITTEN_WITH_TWO_DECIMALS, Fraction(100)),
    **dict.fromkeys(_WRITTEN_WITHOUT_DECIMALS, Fraction(1, 100)),
}
# https://docs.stripe.com/currencies#three-decimal: the last of the three digits must be 0.
_THREE_DECIMALS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def stripe_amount(currency: str, minor_units: int) -> int | None:
    """Return an amount as Stripe wants it, or None for one that Stripe cannot charge to the last digit."""
    amount = minor_units * _STRIPE_UNITS_PER_MINOR_UNIT.get(currency, Fraction(1))
    if amount.denominator != 1 or (currency in _THREE_DECIMALS and amount % 10):
        return None
    return int(amount)
