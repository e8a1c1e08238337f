"""What a client posts as an order, with every rule that it must meet."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.domain.card_number import contains_card_number
from functions.domain.currency import CURRENCY_CODES
from functions.domain.order_content import total_amount
from functions.domain.readable_text import ReadableText

# Stripe takes at most eight digits: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MAX_TOTAL_AMOUNT = 99_999_999
MAX_ITEMS = 100
# Stripe allows 50 pairs of 40 and 500 characters; the rest is room for the pairs that the service adds.
MAX_METADATA_PAIRS = 40
MAX_PAYMENT_METHOD_LENGTH = 255
_PAYMENT_METHOD_PATTERN = r"^[A-Za-z0-9_\-]+$"


def _refuse_unknown_currency(code: str) -> str:
    if code not in CURRENCY_CODES:
        raise ValueError("must be an ISO 4217 currency code in capitals, such as EUR")
    return code


def _refuse_card_number_as_token(token: str) -> str:
    if contains_card_number(token, of_any_issuer=True):
        raise ValueError("must be a token from the payment provider, never a card number")
    return token


def _refuse_card_number(text: str) -> str:
    if contains_card_number(text):
        raise ValueError("must not contain a card number")
    return text


_NoCardNumber = AfterValidator(_refuse_card_number)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Item(_Part):
    """One line of an order; `unit_amount` is in the currency's minor unit."""

    sku: Annotated[str, ReadableText(max_length=64), _NoCardNumber]
    name: Annotated[str, ReadableText(max_length=200), _NoCardNumber]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    unit_amount: Annotated[int, Field(ge=0, le=MAX_TOTAL_AMOUNT)]


class OrderRequest(_Part):
    """An order as a client posts it; its items add up to between 1 and 99999999 minor units.

    No text may contain a card number.
    """

    reference: Annotated[str, ReadableText(max_length=100), _NoCardNumber]
    currency: Annotated[
        str,
        AfterValidator(_refuse_unknown_currency),
        Field(json_schema_extra={"enum": [*sorted(CURRENCY_CODES)]}),
    ]
    items: Annotated[list[Item], Field(min_length=1, max_length=MAX_ITEMS)]
    # The length is checked first, so that no time is spent on a long text. The card number comes before the
    # pattern: its message says more. Behind a validator pydantic leaves the pattern out of the schema.
    payment_method: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_PAYMENT_METHOD_LENGTH),
        AfterValidator(_refuse_card_number_as_token),
        StringConstraints(pattern=_PAYMENT_METHOD_PATTERN),
        Field(
            description="A token of the payment provider; a card number is refused.",
            json_schema_extra={"pattern": _PAYMENT_METHOD_PATTERN},
        ),
    ]
    metadata: Annotated[
        dict[
            Annotated[str, ReadableText(max_length=40), _NoCardNumber],
            Annotated[str, ReadableText(max_length=500), _NoCardNumber],
        ],
        Field(max_length=MAX_METADATA_PAIRS),
    ] = {}

    @property
    def total_amount(self) -> int:
        """What is charged for it, in the currency's minor unit."""
        return total_amount(self.document())

    def document(self) -> dict[str, Any]:
        """Return the order as JSON-able data, as it travels from here on."""
        return self.model_dump()

    @model_validator(mode="after")
    def _refuse_impossible_total(self) -> OrderRequest:
        if not 1 <= self.total_amount <= MAX_TOTAL_AMOUNT:
            raise ValueError(f"the items must add up to between 1 and {MAX_TOTAL_AMOUNT} minor units")
        return self
