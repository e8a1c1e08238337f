"""Find a card number in a text without mistaking ordinary identifiers for one: see decision 13."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

# What issuers' numbers begin with, and their lengths, for the networks that payment providers accept:
# https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
_LENGTHS_BY_PREFIX: dict[str, tuple[int, ...]] = {
    "4": (16, 19),  # Visa; its 13-digit numbers are long gone, and every German article has such an EAN
    **{str(prefix): (16,) for prefix in (*range(51, 56), *range(2221, 2721))},  # Mastercard
    **dict.fromkeys(("34", "37"), (15,)),  # American Express
    **dict.fromkeys((*map(str, range(300, 306)), "3095", "36", "38", "39"), (14, 16, 19)),  # Diners Club
    **dict.fromkeys(("6011", *map(str, range(644, 650)), "65"), (16, 19)),  # Discover, RuPay
    **{str(prefix): (16, 19) for prefix in range(3528, 3590)},  # JCB
    "62": (16, 17, 18, 19),  # UnionPay
    **dict.fromkeys(("5018", "5020", "5038", "5893", "6304", "6390"), tuple(range(13, 20))),  # Maestro
    **dict.fromkeys(("6759", "6761", "6762", "6763"), tuple(range(13, 20))),  # Maestro
    **{str(prefix): (16, 19) for prefix in range(2200, 2205)},  # Mir
}
_SHORTEST, _LONGEST = 13, 19
_LONGEST_PREFIX = 4
# Identifiers whose form is known are taken out before the search. Each form has a greatest length, so the
# search takes time in proportion to the text.
_STARTS, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"
_DATE = r"(?:19|20)[0-9]{2}([-./]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):?[0-5][0-9]:?[0-5][0-9]"
_KNOWN_IDENTIFIERS = (
    # UUIDs, and digests in hexadecimal: what has only digits is none.
    rf"{_STARTS}(?=[0-9-]{{0,35}}[a-f])[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_ENDS}",
    rf"{_STARTS}(?=[0-9]{{0,63}}[a-f])[0-9a-f]{{32,64}}{_ENDS}",
    # Telephone numbers as E.164 has them: + and at most 15 digits.
    rf"{_STARTS}\+[ (]{{0,2}}[1-9](?:[ ()./-]{{0,3}}[0-9]){{6,14}}(?![ ()./-]{{0,3}}[0-9])",
    # Dates with or without a time. No issuer's numbers begin with 19 or 20, but the digits after that may
    # look as if one's did: 2611 is Mastercard's, and the November of 2026.
    rf"(?<![0-9]){_DATE}(?:[T ]?{_TIME})?",
)
_KNOWN_IDENTIFIER = re.compile("|".join(_KNOWN_IDENTIFIERS), re.ASCII | re.IGNORECASE)
# Without separators or in fours: https://www.swift.com/standards/data-standards/iban
_IBAN = re.compile(
    rf"{_STARTS}[a-z]{{2}}[0-9]{{2}}"
    rf"(?:[0-9a-z]{{11,30}}|(?:[ -][0-9a-z]{{4}}){{2,7}}(?:[ -][0-9a-z]{{1,3}})?){_ENDS}",
    re.ASCII | re.IGNORECASE,
)
_SHORTEST_IBAN = 15


def contains_card_number(text: str, *, of_any_issuer: bool = False) -> bool:
    """Return whether the text holds what could be a payment card's number.

    Every window of 13 to 19 digits is tried, whatever separates them, wherever it begins: a window is a card
    number if its first digits and its length are an issuer's and it passes the Luhn check. With
    `of_any_issuer`, 13 to 19 digits that have no others beside them need only pass the Luhn check.
    """
    if sum(map(str.isdecimal, text)) < _SHORTEST:
        return False
    return any(
        _has_issuers_window(groups) or (of_any_issuer and _passes_luhn("".join(groups)))
        for groups in _digit_runs(_without_known_identifiers(text))
    )


def _without_known_identifiers(text: str) -> str:
    return _KNOWN_IDENTIFIER.sub("x", _IBAN.sub(_without_iban, text))


def _without_iban(match: re.Match[str]) -> str:
    # What follows a number in fours may look like one more group of it.
    text = match.group()
    ends = (
        len(text),
        *(place for place in range(len(text), _SHORTEST_IBAN, -1) if text[place:][:1] in {" ", "-"}),
    )
    for end in ends:
        if _is_iban(re.sub("[ -]", "", text[:end])):
            return "x" + text[end:]
    return text


def _is_iban(text: str) -> bool:
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1


def _digit_runs(text: str) -> Iterator[list[str]]:
    """Yield the text's digits between two letters, in groups as separators divide them."""
    groups, group = [], ""
    for character in text:
        if character.isdecimal():
            group += str(int(character))
            continue
        if group:
            groups.append(group)
            group = ""
        if character.isalnum():
            yield groups
            groups = []
    yield [*groups, group] if group else groups


def _has_issuers_window(groups: list[str]) -> bool:
    digits = "".join(groups)
    ends = [*accumulate(map(len, groups))]
    boundaries = {0, *ends}
    luhn_sums = _luhn_sums(digits)
    for start in range(len(digits) - _SHORTEST + 1):
        for length in _lengths(digits[start : start + _LONGEST_PREFIX]):
            end = start + length
            if end > len(digits):
                continue
            sums = luhn_sums[end % 2]
            if (sums[end] - sums[start]) % 10 == 0 and _is_written_as_one(start, end, ends, boundaries):
                return True
    return False


def _passes_luhn(digits: str) -> bool:
    sums = _luhn_sums(digits)[len(digits) % 2]
    return _SHORTEST <= len(digits) <= _LONGEST and sums[-1] % 10 == 0


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Return the running sums of the digits, with those at even places doubled and with those at odd ones.

    A window's last digit counts as it is and the one before it doubled, so a window with an even end takes
    the first and its Luhn sum is one difference.
    """
    plain = [*map(int, digits)]
    doubled = [2 * each - 9 if each > 4 else 2 * each for each in plain]
    even, odd = plain[:], plain[:]
    even[::2], odd[1::2] = doubled[::2], doubled[1::2]
    return [0, *accumulate(even)], [0, *accumulate(odd)]


@cache
def _lengths(prefix: str) -> tuple[int, ...]:
    found = (_LENGTHS_BY_PREFIX.get(prefix[:size], ()) for size in range(1, _LONGEST_PREFIX + 1))
    return tuple(sorted({length for lengths in found for length in lengths}))


def _is_written_as_one(start: int, end: int, ends: list[int], boundaries: set[int]) -> bool:
    """Return whether the separators in a window leave it one number.

    There are none, or it begins and ends as a group does, or they stand where cards have them: after every
    four digits, or as American Express and Diners Club do. Else its parts belong to numbers that only stand
    side by side, such as 404-1234567-1234567.
    """
    within = ends[bisect_right(ends, start) : bisect_left(ends, end)]
    inner = [each - start for each in within]
    return not inner or {start, end} <= boundaries or inner in ([*range(4, end - start, 4)], [4, 10])
