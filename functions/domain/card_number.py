"""Recognise a card number where a payment token was expected."""

from __future__ import annotations

import re

# ISO/IEC 7812: a primary account number has 8 to 19 digits; those that cards carry have 13 or more.
_DIGIT_RUN = re.compile(r"\d(?:[ \-_.]?\d){12,18}")


def contains_card_number(text: str) -> bool:
    """Tell whether some run of 13 to 19 digits in the text passes the Luhn check.

    Separators between the digits do not hide a number, nor does text around it.
    """
    digits_only = (re.sub(r"\D", "", match.group()) for match in _DIGIT_RUN.finditer(text))
    return any(_passes_luhn(digits) for digits in digits_only)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
