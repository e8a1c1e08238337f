"""What became of the events of some orders, in one word each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import Row, RowState
from functions.domain.event import order_event
from ops.orders.listed_order import ListedOrder
from ops.parallel import in_parallel
from ops.tables import deliveries_of
from ops.target import Target

# The worst of several webhooks is shown.
_WORST_FIRST = (RowState.DEAD, RowState.RETRYING, RowState.OWED, RowState.PENDING, RowState.DELIVERED)


def results_of(target: Target, orders: Sequence[ListedOrder]) -> Mapping[str, str]:
    """Return the delivery results of those orders whose event is owed to a webhook, by request ID."""
    return {request_id: result_of(rows) for request_id, rows in rows_of_orders(target, orders).items()}


def rows_of_orders(target: Target, orders: Sequence[ListedOrder]) -> Mapping[str, list[Row]]:
    """Return the deliveries of those orders whose event is owed to a webhook, by request ID.

    It is one query for each client, and one batch of rows for 100 deliveries.
    """
    settled = [each for each in orders if each.status != "pending"]
    webhooks = _webhooks(target, sorted({each.client_id for each in settled}))
    keys = {
        (webhook_id, _row_key(order)): order.request_id
        for order in settled
        for webhook_id in webhooks.get(order.client_id, ())
    }
    if not keys:
        return {}
    found: dict[str, list[Row]] = {}
    for key, row in deliveries_of(target).find_rows(keys, consistent=False).items():
        found.setdefault(keys[key], []).append(row)
    return found


def result_of(rows: Iterable[Row]) -> str:
    """Return the worst state, with how many of the deliveries are done where there are several."""
    states = [row.state for row in rows]
    worst = min(states, key=_WORST_FIRST.index)
    done = states.count(RowState.DELIVERED)
    return worst.value if len(states) == 1 else f"{worst.value}, {done} of {len(states)} delivered"


def _row_key(order: ListedOrder) -> str:
    event = order_event(asdict(order))
    return f"{event.time}#{event.id}"


def _webhooks(target: Target, client_ids: Sequence[str]) -> Mapping[str, list[str]]:
    table = WebhooksTable(target.client("dynamodb"), target.output("webhooks_table_name"))

    def ids(client_id: str) -> list[str]:
        return [each.webhook_id for each in table.of_client(client_id)]

    return dict(zip(client_ids, in_parallel(ids, client_ids), strict=True))
