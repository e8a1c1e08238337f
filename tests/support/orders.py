"""Orders that tests post, store and pay."""

from __future__ import annotations

from typing import Any

from functions.domain.order import Order, new_order
from functions.domain.order_request import OrderRequest


def order_payload(**changes: Any) -> dict[str, Any]:
    """The body of the design's own example."""
    return {
        "reference": "PO-1001",
        "currency": "EUR",
        "items": [{"sku": "KB-75", "name": "Keyboard", "quantity": 2, "unit_amount": 4995}],
        "payment_method": "pm_card_visa",
        "metadata": {"channel": "web"},
        **changes,
    }


def pending_order(request_id: str = "req-1", **changes: Any) -> Order:
    """An order that has been saved and not yet paid."""
    return new_order(
        OrderRequest.model_validate(order_payload(**changes)).document(),
        request_id=request_id,
        message_id=f"msg-of-{request_id}",
        client_id="shop",
        created_at="2025-11-25T09:30:00.000Z",
    )
