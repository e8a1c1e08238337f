from __future__ import annotations

import pytest

from functions.adapters.stripe_amounts import stripe_amount


@pytest.mark.parametrize(
    ("currency", "minor_units", "amount"),
    [
        ("EUR", 9990, 9990),
        ("JPY", 500, 500),
        ("HUF", 1045, 1045),
        # No decimals in ISO 4217, two in Stripe's interface.
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        # Two decimals in ISO 4217, none in Stripe's interface.
        ("MGA", 500, 5),
        ("MGA", 550, None),
        # Three decimals of which the last must be 0.
        ("KWD", 5120, 5120),
        ("KWD", 5124, None),
        ("BHD", 1, None),
        ("JOD", 15, None),
        ("OMR", 10, 10),
        ("TND", 11, None),
    ],
)
def test_an_amount_is_what_stripe_means_by_it_or_none(currency: str, minor_units: int, amount: int | None):
    assert stripe_amount(currency, minor_units) == amount
