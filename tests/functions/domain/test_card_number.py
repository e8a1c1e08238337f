from __future__ import annotations

import datetime as dt
import string
import uuid
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.domain.card_number import contains_card_number
from functions.domain.order_request import OrderRequest
from functions.http.field_errors import field_errors
from tests.support.orders import ORDER_TEXTS, order_payload

# Every network's own numbers for tests: https://docs.stripe.com/testing#cards
TEST_CARDS = [
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "5200828282828210",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3056930009020004",
    "36227206271667",
    "30569309025904",
    "3566002020360505",
    "6200000000000005",
    "6205500000000000004",
    "6759649826438453",
]
SEPARATORS = ["-", " ", "--", " - ", "_", ".", "/", "\u00a0", "\u200b", " \u2013 ", "*"]
HIDDEN = ["14242424242424242", "pm_1_4242424242424242", "4242424242424242_1227_123", "4242--4242--4242--4242"]

# What begins with a year may be a date, which is known for something else.
YEARS = ("19", "20")

digits = st.text(string.digits, max_size=6)
cards = st.sampled_from(TEST_CARDS)


def in_fours(text: str, separator: str = " ") -> str:
    return separator.join(text[place : place + 4] for place in range(0, len(text), 4))


@pytest.mark.parametrize("text", HIDDEN)
def test_digits_beside_a_card_number_do_not_hide_it(text: str) -> None:
    assert contains_card_number(text)


@given(cards, digits, digits)
def test_a_card_number_is_found_between_any_digits(card: str, before: str, after: str) -> None:
    assume(not before.startswith(YEARS))
    assert contains_card_number(before + card + after)


@given(cards, st.sampled_from(SEPARATORS), digits, digits)
def test_a_card_number_is_found_in_fours_whatever_separates_them(
    card: str, separator: str, before: str, after: str
) -> None:
    assume(not before.startswith(YEARS))
    assert contains_card_number(before + in_fours(card, separator) + after)


@given(cards, st.lists(st.sampled_from(SEPARATORS), min_size=19, max_size=19))
def test_a_card_number_is_found_however_it_is_divided(card: str, separators: list[str]) -> None:
    assert contains_card_number("".join(map("".join, zip(card, separators, strict=False))))


@pytest.mark.parametrize(
    "text", ["3782 822463 10005", "3056 930902 5904", "13782 822463 100051", "\uff14242424242424242"]
)
def test_a_card_number_is_found_as_cards_and_keyboards_write_it(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text", ["4242424242424241", "4242a4242b4242c4242", "9999999999999995", "4222222222222"]
)
def test_what_no_issuer_could_have_issued_is_no_card_number(text: str) -> None:
    assert not contains_card_number(text)


@pytest.mark.parametrize("text", ["9999999999999995", "4222222222222", "pm_9999-9999-9999-9995"])
def test_where_a_token_belongs_any_number_that_passes_the_luhn_check_is_one(text: str) -> None:
    assert contains_card_number(text, of_any_issuer=True)


dates = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
times = st.times()


@given(
    dates,
    times,
    st.integers(0, 999_999),
    st.sampled_from(["ORD-", "PO ", "", "#", "R"]),
    st.sampled_from(["-", "/", ""]),
)
def test_order_numbers_pass(date: dt.date, time: dt.time, number: int, prefix: str, separator: str) -> None:
    when = dt.datetime.combine(date, time)
    for form in ("%Y", "%y%m", "%Y%m%d", "%Y-%m-%d", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S"):
        assert not contains_card_number(f"{prefix}{when.strftime(form)}{separator}{number:06}")


@given(st.integers(0, 10**12 - 1))
def test_numbers_of_up_to_twelve_digits_pass(number: int) -> None:
    assert not contains_card_number(str(number))
    assert not contains_card_number(in_fours(str(number), "-"))


@given(st.text(string.digits, min_size=11, max_size=11), st.sampled_from(["40", "42", "50", "30", "97"]))
def test_article_numbers_pass(article: str, country: str) -> None:
    """An EAN has 13 digits, and Germany's begin as Visa's numbers do."""
    assume(not (country + article).startswith("5018"))
    assume(not (country + article).startswith(("5020", "5038")))
    assert not contains_card_number(country + article)


@given(st.uuids())
def test_uuids_pass(value: uuid.UUID) -> None:
    for text in (str(value), value.hex, str(value).upper(), f"evt_{value}", f"wh_{value.hex}"):
        assert not contains_card_number(text)


@given(st.sampled_from([("DE", 18), ("FR", 23), ("ES", 20), ("NO", 11), ("AT", 16), ("FI", 14)]), st.data())
def test_ibans_pass(country: tuple[str, int], data: st.DataObject) -> None:
    code, length = country
    account = data.draw(st.text(string.digits, min_size=length, max_size=length))
    check = 98 - int("".join(str(int(each, 36)) for each in f"{account}{code}00")) % 97
    iban = f"{code}{check:02}{account}"
    for text in (iban, iban.lower(), in_fours(iban), in_fours(iban, "-"), f"IBAN: {in_fours(iban)} EUR 100"):
        assert not contains_card_number(text)


@given(
    st.integers(1, 9),
    st.text(string.digits, min_size=6, max_size=14),
    st.sampled_from(["", " ", "-", "/", ") "]),
)
def test_phone_numbers_pass(country: int, number: str, separator: str) -> None:
    assert not contains_card_number(f"+{country}{separator}{number}")
    assert not contains_card_number(f"tel: +{country}{separator}{number[:3]} {number[3:]} (mobile)")
    assert not contains_card_number(f"00{country}{separator}{number[:10]}")
    assert not contains_card_number(f"0{number[:11]}")


@pytest.mark.parametrize(
    "text",
    [
        "404-1234567-1234567",
        "2026-11-26T22:46:30.123456+01:00",
        "1764196012345",
        "+49 (0)151 2345 6789",
        "+1 (555) 010-4477 ext. 4242",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "arn:aws:sns:eu-central-1:123456789012:orders-1234567",
    ],
)
def test_other_identifiers_pass(text: str) -> None:
    assert not contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "20261126 4242424242424242",
        "202611264242424242424242",
        "DE89370400440532013000 4242424242424242",
        "DE4242424242424242",
        "42424242-4242-4242-4242-424242424242",
        "+1 555 123 4567 4242 4242 4242 4242",
        "550e8400-e29b-41d4-a716-446655440000 5555555555554444",
    ],
)
def test_a_known_identifier_does_not_hide_a_card_number_beside_it(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize("card", HIDDEN)
@pytest.mark.parametrize(
    ("field", "place"),
    [
        *ORDER_TEXTS.items(),
        ("payment_method", lambda card: {"payment_method": card}),
        ("(not repeated)", lambda card: {card: "note"}),
    ],
)
def test_an_order_with_a_card_number_is_refused_without_repeating_it(
    card: str, field: str, place: Any
) -> None:
    with pytest.raises(ValidationError) as caught:
        OrderRequest.model_validate(order_payload(**place(card)))
    (error,) = field_errors(caught.value)
    assert error.field == field
    assert card not in error.message
    assert "card number" in error.message or error.message == "is not a known field"
