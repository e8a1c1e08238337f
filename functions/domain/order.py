"""Orders as they are stored and as they travel through the workflow.

They are plain data, without pydantic: what a client sends is validated once, by `order_request`, and every
later step gets it from our own steps (docs/decisions/0024-plain-data-behind-the-edge.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from functions.domain.order_content import OrderContent, content_of
from functions.domain.payment import Payment, PaymentRequest, PaymentStatus

OrderStatus = Literal["pending", "paid", "declined", "failed"]
ORDER_STATUSES: tuple[str, ...] = get_args(OrderStatus)
FINAL_STATUSES = tuple(each for each in ORDER_STATUSES if each != "pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(OrderContent):
    """An order with its content and its three IDs.

    `expires_at` is in epoch seconds, for DynamoDB's time to live.
    """

    request_id: str
    message_id: str
    client_id: str
    status: OrderStatus
    payment: Payment | None = None
    created_at: str
    updated_at: str
    expires_at: int | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Order:
        """Return the order of a document that `document` has made; other fields of it are ignored."""
        known = {name: document[name] for name in _FIELDS if name in document}
        if known.get("payment") is not None:
            known["payment"] = Payment.of(known["payment"])
        return cls(**known)

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
        known = {name: getattr(self, name) for name in _FIELDS}
        if self.payment is not None:
            known["payment"] = self.payment.document()
        return {name: value for name, value in known.items() if value is not None}


_FIELDS = tuple(field.name for field in fields(Order))


def new_order(
    accepted: Mapping[str, Any],
    *,
    request_id: str,
    message_id: str,
    client_id: str,
    created_at: str,
    expires_at: int | None = None,
) -> Order:
    """Return the pending order for the document of an accepted one, which `content_of` reads."""
    return Order(
        **content_of(accepted),
        request_id=request_id,
        message_id=message_id,
        client_id=client_id,
        status="pending",
        created_at=created_at,
        updated_at=created_at,
        expires_at=expires_at,
    )


def status_after(payment_status: PaymentStatus) -> OrderStatus:
    """Return the order's final status for the result of its payment."""
    outcomes: dict[PaymentStatus, OrderStatus] = {
        "approved": "paid",
        "declined": "declined",
        "failed": "failed",
    }
    return outcomes[payment_status]
