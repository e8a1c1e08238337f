from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from functions.domain.order_request import MAX_TOTAL_AMOUNT, OrderRequest
from functions.http.field_errors import OTHER, field_errors
from tests.support.orders import item, order_payload


def errors_of(**changes: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        OrderRequest.model_validate(order_payload(**changes))
    errors = {error.field: error.message for error in field_errors(caught.value)}
    assert OTHER not in errors.values(), "functions/http/field_errors.py has no sentence for it"
    return errors


def test_a_good_order_keeps_every_field_as_it_was_sent() -> None:
    payload = order_payload()
    order = OrderRequest.model_validate(payload)
    assert order.model_dump() == payload
    assert order.total_amount == 2 * 4995


def test_metadata_may_be_left_out() -> None:
    payload = order_payload()
    del payload["metadata"]
    assert OrderRequest.model_validate(payload).metadata == {}


@pytest.mark.parametrize("field", ["reference", "currency", "items", "payment_method"])
def test_a_missing_field_is_named(field: str) -> None:
    payload = order_payload()
    del payload[field]
    with pytest.raises(ValidationError) as caught:
        OrderRequest.model_validate(payload)
    assert [(e.field, e.message) for e in field_errors(caught.value)] == [(field, "is required")]


def test_unknown_fields_are_refused_by_name_at_every_level() -> None:
    assert errors_of(colour="red") == {"colour": "is not a known field"}
    assert errors_of(items=[item(weight=1)]) == {"items[0].weight": "is not a known field"}


def test_an_unknown_field_with_a_huge_name_is_named_shortly() -> None:
    (field,) = errors_of(**{"x" * 5000: 1})
    assert field == "x" * 100


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"items": [item(unit_amount=49.95)]}, "items[0].unit_amount"),
        ({"items": [item(unit_amount="4995")]}, "items[0].unit_amount"),
        ({"items": [item(unit_amount=-1)]}, "items[0].unit_amount"),
        ({"items": [item(quantity=0)]}, "items[0].quantity"),
        ({"items": [item(quantity=True)]}, "items[0].quantity"),
        ({"items": [item(quantity=10_001)]}, "items[0].quantity"),
        ({"items": [item(), item(name="")]}, "items[1].name"),
        ({"items": [item(sku="x" * 65)]}, "items[0].sku"),
        ({"items": []}, "items"),
        ({"items": [item()] * 101}, "items"),
        ({"items": {"sku": "KB-75"}}, "items"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "EUO"}, "currency"),
        ({"reference": ""}, "reference"),
        ({"reference": "   "}, "reference"),
        ({"reference": "a\u0000b"}, "reference"),
        ({"reference": 7}, "reference"),
        ({"reference": "\u202ePO-1"}, "reference"),
        ({"reference": "\u200b"}, "reference"),
        ({"reference": "PO\uffff"}, "reference"),
        ({"reference": "PO-1\n"}, "reference"),
        ({"payment_method": "pm card"}, "payment_method"),
        ({"metadata": {"channel": 1}}, "metadata.channel"),
        ({"metadata": {f"k{n}": "v" for n in range(41)}}, "metadata"),
        ({"metadata": {"k": "v" * 501}}, "metadata.k"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(errors_of(**changes)) == [field]


@pytest.mark.parametrize("unit_amount", [0, MAX_TOTAL_AMOUNT])
def test_a_total_that_cannot_be_paid_is_refused(unit_amount: int) -> None:
    assert (
        "must add up to between 1 and 99999999" in errors_of(items=[item(unit_amount=unit_amount)])["(body)"]
    )


def test_a_token_with_many_digits_is_not_taken_for_a_card_number() -> None:
    assert OrderRequest.model_validate(order_payload(payment_method="pm_4242424242424241"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reference": 7}, "must be a string"),
        ({"reference": ""}, "must have at least 1 character"),
        ({"payment_method": "x" * 256}, "must have at most 255 characters"),
        ({"payment_method": "pm card"}, "must match ^[A-Za-z0-9_\\-]+$"),
        ({"items": [item(quantity=0)]}, "must be at least 1"),
        ({"items": [item(quantity=10_001)]}, "must be at most 10000"),
        ({"items": [item(quantity=True)]}, "must be an integer"),
        ({"items": [item(unit_amount=49.95)]}, "must be an integer"),
        ({"items": []}, "must have at least 1 item"),
        ({"items": [item()] * 101}, "must have at most 100 items"),
        ({"items": {"sku": "KB-75"}}, "must be an array"),
        ({"items": ["KB-75"]}, "must be an object"),
        ({"metadata": []}, "must be an object"),
        ({"metadata": {f"k{n}": "v" for n in range(41)}}, "must have at most 40 members"),
    ],
)
def test_a_message_goes_on_from_the_field(changes: dict[str, Any], message: str) -> None:
    assert list(errors_of(**changes).values()) == [message]


def test_no_message_repeats_a_value() -> None:
    secret = "s3cr3t" * 30
    messages = errors_of(
        currency=secret,
        reference=secret,
        payment_method=secret * 2,
        metadata={"k": secret * 10},
        items=secret,
    )
    assert not [message for message in messages.values() if "s3cr3t" in message]
