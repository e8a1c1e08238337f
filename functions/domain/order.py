"""Orders: what a client may ask for, what is stored, and what its owner sees."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.domain.card_number import contains_card_number
from functions.domain.currency import CURRENCY_CODES
from functions.domain.payment import Payment, PaymentRequest, PaymentStatus

OrderStatus = Literal["pending", "paid", "declined", "failed"]

# Stripe takes at most eight digits: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MAX_TOTAL_AMOUNT = 99_999_999
MAX_ITEMS = 100
# Stripe allows 50 pairs of 40 and 500 characters; the rest is room for the pairs that the service adds.
MAX_METADATA_PAIRS = 40


def _refuse_unreadable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("must be readable text: not blank, no control characters")
    return text


def _refuse_unknown_currency(code: str) -> str:
    if code not in CURRENCY_CODES:
        raise ValueError("must be an ISO 4217 currency code in capitals, such as EUR")
    return code


def _refuse_card_number(token: str) -> str:
    if contains_card_number(token):
        raise ValueError("must be a token from the payment provider, never a card number")
    return token


_READABLE = AfterValidator(_refuse_unreadable)


def _text(max_length: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=max_length)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Item(_Part):
    """One line of an order; `unit_amount` is in the currency's minor unit."""

    sku: Annotated[str, _text(64), _READABLE]
    name: Annotated[str, _text(200), _READABLE]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    unit_amount: Annotated[int, Field(ge=0, le=MAX_TOTAL_AMOUNT)]


class OrderRequest(_Part):
    """What a client posts."""

    reference: Annotated[str, _text(100), _READABLE]
    currency: Annotated[str, AfterValidator(_refuse_unknown_currency)]
    items: Annotated[list[Item], Field(min_length=1, max_length=MAX_ITEMS)]
    # The card number is looked for before the pattern: the more telling of the two messages must win.
    payment_method: Annotated[
        str, AfterValidator(_refuse_card_number), StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,255}$")
    ]
    metadata: Annotated[
        dict[Annotated[str, _text(40), _READABLE], Annotated[str, _text(500), _READABLE]],
        Field(max_length=MAX_METADATA_PAIRS),
    ] = {}

    @property
    def total_amount(self) -> int:
        """The sum of the items in the currency's minor unit."""
        return sum(item.quantity * item.unit_amount for item in self.items)

    @model_validator(mode="after")
    def _refuse_impossible_total(self) -> OrderRequest:
        if not 1 <= self.total_amount <= MAX_TOTAL_AMOUNT:
            raise ValueError(f"the items must add up to between 1 and {MAX_TOTAL_AMOUNT} minor units")
        return self


class Order(BaseModel):
    """An order as it is stored and as it travels through the workflow.

    It carries the client's payload, the SQS message ID and the API's request ID. `expires_at` is in epoch
    seconds, for DynamoDB's time to live.
    """

    model_config = ConfigDict(frozen=True)

    request_id: str
    message_id: str
    client_id: str
    status: OrderStatus
    reference: str
    currency: str
    items: list[Item]
    total_amount: int
    payment_method: str
    metadata: dict[str, str]
    payment: Payment | None = None
    created_at: str
    updated_at: str
    expires_at: int | None = None

    @property
    def ids(self) -> dict[str, str]:
        """The three IDs that every log line about the order carries."""
        return {"request_id": self.request_id, "message_id": self.message_id, "client_id": self.client_id}

    def payment_request(self, *, attempt: int = 0) -> PaymentRequest:
        """Return the charge that the order asks for: the request ID is the gateway's idempotency key."""
        return PaymentRequest(
            idempotency_key=self.request_id,
            reference=self.reference,
            currency=self.currency,
            total_amount=self.total_amount,
            payment_method=self.payment_method,
            attempt=attempt,
        )

    def document(self) -> dict[str, Any]:
        """Return the order as JSON-able data, without what is not known yet."""
        return self.model_dump(exclude_none=True)

    def owner_view(self) -> dict[str, Any]:
        """Return what `GET /orders/{request_id}` shows to the order's owner."""
        return self.model_dump(exclude={"client_id", "expires_at"})


def new_order(
    request: OrderRequest,
    *,
    request_id: str,
    message_id: str,
    client_id: str,
    created_at: str,
    expires_at: int | None = None,
) -> Order:
    """Return the pending order that a request asks for."""
    return Order(
        request_id=request_id,
        message_id=message_id,
        client_id=client_id,
        status="pending",
        total_amount=request.total_amount,
        created_at=created_at,
        updated_at=created_at,
        expires_at=expires_at,
        **dict(request),
    )


def status_after(payment_status: PaymentStatus) -> OrderStatus:
    """Return the order's final status for the result of its payment."""
    outcomes: dict[PaymentStatus, OrderStatus] = {
        "approved": "paid",
        "declined": "declined",
        "failed": "failed",
    }
    return outcomes[payment_status]
