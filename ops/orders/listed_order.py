"""An order as lists show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from functions.adapters.items import from_item


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrder:
    """An order as a list shows it; the amount is in the currency's minor unit."""

    request_id: str
    created_at: str
    updated_at: str
    client_id: str
    reference: str
    status: str
    currency: str
    total_amount: int


# The token of a payment method is a secret of the client's customer: it is not read.
_SHOWN = tuple(each.name for each in fields(ListedOrder))


def projection() -> dict[str, Any]:
    """Return the arguments with which DynamoDB returns what a list shows, and nothing else."""
    return {
        "ProjectionExpression": ", ".join(f"#{each}" for each in _SHOWN),
        "ExpressionAttributeNames": {f"#{each}": each for each in _SHOWN},
    }


def listed_order(item: Mapping[str, Any]) -> ListedOrder:
    """Return the order of an item."""
    order = from_item(item)
    return ListedOrder(**{name: order[name] for name in _SHOWN})
