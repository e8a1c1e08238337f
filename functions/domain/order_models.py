"""Orders as clients see them, as models for the API's answers and documents; `order` has the orders."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from functions.domain.order import OrderStatus
from functions.domain.order_request import Item
from functions.domain.payment import Payment
from functions.domain.timestamp import Timestamp


class OrderSummary(BaseModel):
    """An order as an event contains it: its payload, its payment, the SQS message ID and the request ID."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    request_id: str
    message_id: str
    status: OrderStatus
    reference: str
    currency: str
    items: list[Item]
    total_amount: int
    metadata: dict[str, str]
    payment: Payment | None = None
    created_at: Timestamp
    updated_at: Timestamp


class OrderView(OrderSummary):
    """An order as its owner sees it."""

    payment_method: str
