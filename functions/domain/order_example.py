"""Orders for the documents, the laptop, the operator's checks, the benchmarks and the tests."""

from __future__ import annotations

from typing import Any

# In words, for the documents.
EXAMPLE_TITLE = "Two keyboards"
ORDER_EXAMPLE: dict[str, Any] = {
    "reference": "PO-1001",
    "currency": "EUR",
    "items": [{"sku": "KB-75", "name": "Keyboard", "quantity": 2, "unit_amount": 4995}],
    "payment_method": "pm_card_visa",
    "metadata": {"channel": "web"},
}


def order_of(amount: int, **fields: object) -> dict[str, Any]:
    """Return the example with another amount to pay, and with other fields.

    It is also posted to stacks that charge: `ops smoke` pays 100 minor units.
    """
    item = {**ORDER_EXAMPLE["items"][0], "quantity": 1, "unit_amount": amount}
    return {**ORDER_EXAMPLE, "items": [item], **fields}
