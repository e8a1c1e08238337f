"""Amounts of money for display."""

from __future__ import annotations

_TWO_DECIMALS = 2
# ISO 4217's currencies whose minor unit is not a hundredth.
_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


def money(minor_units: int, currency: str) -> str:
    """Return an amount in minor units for display, such as "1,234.50 EUR" or "500 JPY"."""
    decimals = _DECIMALS.get(currency, _TWO_DECIMALS)
    whole, part = divmod(minor_units, 10**decimals)
    shown = f"{whole:,}.{part:0{decimals}d}" if decimals else f"{whole:,}"
    return f"{shown} {currency}"
