"""What a webhook has missed, and ending a delivery that is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.domain.deliveries.changes import change_row
from functions.domain.deliveries.outcome import end
from functions.domain.deliveries.row import Reason, Row, RowState
from ops.deliveries import rows_of_webhook
from ops.tables import deliveries_of
from ops.target import Target

_MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCount:
    """What a recovery would do: `missed` events are sent again, and `others` need nothing."""

    missed: int
    others: int
    is_complete: bool
    """Whether all were counted: no more than a thousand are."""


def missed_since(target: Target, webhook_id: str, since: datetime) -> MissedCount:
    """Return how many events since an instant a webhook has missed, as a recovery counts them."""
    page = rows_of_webhook(target, webhook_id, _MOST_COUNTED, since=since)
    missed = sum(row.is_missed or row.state is RowState.RETRYING for row in page.rows)
    return MissedCount(missed=missed, others=len(page.rows) - missed, is_complete=page.next is None)


def remove_row(target: Target, row: Row) -> bool:
    """End a delivery for good, and return whether it is: one that SNS is trying, or that is delivered, stays.

    The row is kept as a record, like every one that has ended.
    """
    instant = target.now()

    def removed(current: Row) -> Row:
        is_stuck = current.is_due_listed or current.is_missed
        return end(current, Reason.REMOVED, instant) if is_stuck else current

    stored = change_row(deliveries_of(target), row, removed)
    return stored is None or stored.reason is Reason.REMOVED
