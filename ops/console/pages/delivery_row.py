"""A delivery as a row of a table."""

from __future__ import annotations

from functions.domain.deliveries.row import Row as Delivery
from functions.domain.instant import timestamp
from functions.domain.webhook import WebhookStatus
from ops.console.elements import Row
from ops.console.marks import order_link, status_mark, webhook_link
from ops.delivery_text import last_answer, reason_of


def delivery_key(row: Delivery) -> str:
    """Return the key of a delivery's row."""
    return f"{row.event_id} {row.webhook_id}"


def delivery_row(row: Delivery, status: WebhookStatus | None, **more: str) -> Row:
    """Return a delivery's row with every cell, of which a table's columns choose, and `more` cells.

    `status` is the webhook's, where it is known.
    """
    is_of_order = row.event_type.startswith("order.")
    why = reason_of(row, status)
    return Row(
        key=delivery_key(row),
        cells={
            "time": row.event_time,
            "type": row.event_type,
            "order": row.subject if is_of_order else "",
            "client": row.client_id,
            "webhook": row.webhook_id,
            "state": row.state.value,
            "attempts": str(row.attempts),
            "answered": last_answer(row) or why,
            "why": why,
            "due": timestamp(row.due_at) if row.due_at else "",
            "died": timestamp(row.dead_at) if row.dead_at else "",
            **more,
        },
        links={
            "webhook": webhook_link(row.webhook_id),
            **({"order": order_link(row.subject)} if is_of_order else {}),
        },
        marks={"state": status_mark(row.state.value)},
    )
