"""How many orders there are, and what they add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from functions.domain.order import ORDER_STATUSES
from ops.orders.listed_order import ListedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The orders of one status and currency; the amount is in the currency's minor unit."""

    status: str
    currency: str
    orders: int
    amount: int


def totals_of(orders: Iterable[ListedOrder]) -> list[Total]:
    """Return the totals by status and currency."""
    count: Counter[tuple[str, str]] = Counter()
    amount: Counter[tuple[str, str]] = Counter()
    for order in orders:
        key = (order.status, order.currency)
        count[key] += 1
        amount[key] += order.total_amount
    return [
        Total(status=status, currency=currency, orders=orders_, amount=amount[status, currency])
        for (status, currency), orders_ in sorted(count.items(), key=lambda each: _place(*each[0]))
    ]


def _place(status: str, currency: str) -> tuple[int, str]:
    return (ORDER_STATUSES.index(status) if status in ORDER_STATUSES else len(ORDER_STATUSES), currency)
