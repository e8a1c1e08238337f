"""What an order consists of: all that the steps behind the API know of the domain.

Another domain has other fields. `order_request` has the rules for them, and `order_models` what clients see.
A new field of a deployed service needs a default: orders without it are stored and on the queue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict

from functions.domain.shape import differences


class ItemContent(TypedDict):
    """One line of an order."""

    sku: str
    name: str
    quantity: int
    unit_amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderContent:
    """What a client has posted, with the amount that is charged for it in the currency's minor unit.

    Payments need `reference`, `currency`, `total_amount` and `payment_method`; lists show the first three.
    """

    reference: str
    currency: str
    items: list[ItemContent]
    total_amount: int
    payment_method: str
    metadata: dict[str, str]


# Webhooks get every field but these.
NOT_SENT = ("payment_method",)
# What the service computes.
_COMPUTED = ("total_amount",)

CONTENT_FIELDS = tuple(field.name for field in fields(OrderContent))
POSTED_FIELDS = tuple(name for name in CONTENT_FIELDS if name not in _COMPUTED)


def total_amount(posted: Mapping[str, Any]) -> int:
    """Return what is charged for a posted order, in the currency's minor unit."""
    return sum(item["quantity"] * item["unit_amount"] for item in posted["items"])


def content_of(posted: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order's content for what a client has posted; unknown fields are ignored."""
    known = {name: posted[name] for name in POSTED_FIELDS if name in posted}
    return {**known, "total_amount": total_amount(posted)}


def faults_of(posted: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the workflow misses in a queued order, without its values. The API has checked the rest."""
    yield from differences(posted, OrderContent, path="order.", left_out=_COMPUTED)
    if posted.get("items") == []:
        yield "order.items: is empty"
