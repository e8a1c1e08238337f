"""Orders that tests post, store and pay, and all that most tests know of what an order consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from functions.domain.order import Order, new_order
from functions.domain.order_content import total_amount
from functions.domain.order_example import ORDER_EXAMPLE
from functions.domain.order_request import MAX_TOTAL_AMOUNT, OrderRequest

# What the example costs, in cents.
AMOUNT = total_amount(ORDER_EXAMPLE)


def order_payload(**changes: Any) -> dict[str, Any]:
    """The body of the documents' example."""
    return {**deepcopy(ORDER_EXAMPLE), **changes}


def item(**changes: Any) -> dict[str, Any]:
    """The example's item."""
    return {**order_payload()["items"][0], **changes}


# Where a client may put a text of its own: the path that a refusal names, and the fields with a text there.
ORDER_TEXTS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "reference": lambda text: {"reference": text},
    "items[0].sku": lambda text: {"items": [item(sku=text)]},
    "items[0].name": lambda text: {"items": [item(name=text)]},
    "metadata.note": lambda text: {"metadata": {"note": text}},
    "metadata.(not repeated).[key]": lambda text: {"metadata": {text: "note"}},
}


def make_payable(order: dict[str, Any]) -> None:
    """Change the amount of an order that has the request's form, where no such amount can be charged."""
    if not 1 <= total_amount(order) <= MAX_TOTAL_AMOUNT:
        for each in order["items"]:
            each["quantity"], each["unit_amount"] = 1, 1


def pending_order(request_id: str = "req-1", **changes: Any) -> Order:
    """An order that has been saved and not yet paid."""
    return new_order(
        OrderRequest.model_validate(order_payload(**changes)).document(),
        request_id=request_id,
        message_id=f"msg-of-{request_id}",
        client_id="shop",
        created_at="2025-11-25T09:30:00.000Z",
    )
