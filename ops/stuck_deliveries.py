"""Deliveries that do not end well: the dead ones of all webhooks, what one has missed, and ending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.adapters.delivery_items import SCHEDULE_INDEX, SHARDS
from functions.adapters.items import from_item
from functions.domain.deliveries.changes import change_row
from functions.domain.deliveries.outcome import end
from functions.domain.deliveries.row import Reason, Row, RowState
from ops.deliveries import due_keys, query, rows_of_webhook
from ops.parallel import in_parallel
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


def latest_dead_rows(target: Target, most: int) -> list[Row]:
    """Return the deliveries that are dead and could be sent again, those that died last first."""
    shards = [f"dead#{number:02}" for number in range(SHARDS)]

    def newest(shard: str) -> list[Mapping[str, str]]:
        found = query(
            target,
            "schedule_key = :key",
            {":key": shard},
            IndexName=SCHEDULE_INDEX,
            ScanIndexForward=False,
            most=most,
        )
        return [from_item(item) for item in found]

    entries = [entry for found in in_parallel(newest, shards) for entry in found]
    latest = sorted(entries, key=lambda each: each["schedule_at"], reverse=True)[:most]
    keys = [(each["pk"].partition("#")[2], each["sk"]) for each in latest]
    rows = deliveries_of(target).find_rows(keys, consistent=False)
    # The index may be a moment behind the rows.
    return [rows[key] for key in keys if key in rows and rows[key].is_missed]


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


def due_rows(target: Target, webhook_id: str, most: int) -> Sequence[Row]:
    """Return the deliveries of a webhook that wait for a publication, in the order of the events' times."""
    keys = due_keys(target, webhook_id, most)
    rows = deliveries_of(target).find_rows(keys, consistent=False)
    return [rows[key] for key in keys if key in rows and rows[key].is_due_listed]
