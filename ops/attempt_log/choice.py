"""Which deliveries to list: of a webhook, of a client, or of all that are not delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from functions.domain.deliveries.row import Row, RowState
from functions.domain.instant import timestamp
from ops.deliveries import dead_rows, newest_rows, pending_rows, waiting_rows
from ops.errors import NothingFound, UsageError
from ops.parallel import in_parallel
from ops.tables import KnownWebhook, find_webhook, webhooks_of_client
from ops.target import Target

STATUSES = tuple(each.value for each in RowState)
# As many queries of 200 rows as a minute allows.
_MOST_READ = 20_000
# Of one webhook, where those of all are listed.
MOST_WAITING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryQuery:
    """Which deliveries: of events since an instant, of one webhook, one client or all, with one status."""

    since: datetime
    webhook_id: str | None = None
    client_id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The deliveries, the newest event first, and what is registered of their webhooks now."""

    rows: Sequence[Row]
    webhooks: Mapping[str, KnownWebhook]
    notes: Sequence[str] = ()
    """What is missing."""


def choose(target: Target, query: DeliveryQuery) -> Chosen:
    """Return the deliveries that a query asks for: from keys and indexes, nothing scans the table."""
    webhooks = _webhooks(target, query)
    if query.webhook_id is not None:
        ids = [query.webhook_id]
    elif query.client_id is not None:
        ids = [each.webhook_id for each in webhooks]
    else:
        return _undelivered(target, query)
    most = _MOST_READ // len(ids)
    # One more than is shown says whether there are more.
    read = in_parallel(lambda each: list(islice(newest_rows(target, each, query.since), most + 1)), ids)
    is_cut = any(len(rows) > most for rows in read)
    rows = (row for rows in read for row in rows[:most])
    return Chosen(
        rows=_newest_first(each for each in rows if query.status in (None, each.state.value)),
        webhooks={each.webhook_id: each for each in webhooks},
        notes=[_cut_note(most)] if is_cut else [],
    )


def _webhooks(target: Target, query: DeliveryQuery) -> list[KnownWebhook]:
    if query.webhook_id is not None:
        found = find_webhook(target, query.webhook_id)
        if found is None and next(newest_rows(target, query.webhook_id, None), None) is None:
            raise NothingFound(
                f"{target.name} has neither a webhook {query.webhook_id} nor deliveries to one."
            )
        if found is not None and query.client_id not in (None, found.client_id):
            raise UsageError(f"{query.webhook_id} is not a webhook of the client {query.client_id}.")
        # The deliveries of a deleted webhook are kept for weeks.
        return [found] if found else []
    if query.client_id is None:
        return []
    of_client = webhooks_of_client(target, query.client_id)
    if not of_client:
        raise NothingFound(f"The client {query.client_id} has no webhook in {target.name}.")
    return of_client


def _undelivered(target: Target, query: DeliveryQuery) -> Chosen:
    """Return what waits, is on its way, or was given up, of every webhook."""
    if query.status == RowState.DELIVERED:
        raise UsageError("--status delivered needs --webhook or --client.")
    read = list(_rows_of_status(target, query))
    rows = (each for each in read if each.event_time >= timestamp(query.since))
    waiting = Counter(each.webhook_id for each in read if each.is_due_listed)
    return Chosen(
        rows=_newest_first(each for each in rows if query.status in (None, each.state.value)),
        webhooks={},
        notes=[_waiting_note(webhook_id) for webhook_id, number in waiting.items() if number == MOST_WAITING],
    )


def _rows_of_status(target: Target, query: DeliveryQuery) -> Iterator[Row]:
    if query.status in (None, RowState.OWED, RowState.RETRYING):
        yield from waiting_rows(target, MOST_WAITING)
    if query.status in (None, RowState.PENDING):
        yield from pending_rows(target)
    if query.status in (None, RowState.DEAD):
        # An event is never given up before it happened.
        yield from dead_rows(target, since=query.since)


def _cut_note(most: int) -> str:
    return f"Only the newest {most:,} deliveries to each webhook were read: choose a shorter --since."


def _waiting_note(webhook_id: str) -> str:
    return (
        f"Only the {MOST_WAITING} oldest events that wait for {webhook_id} were read: --webhook {webhook_id} "
        "lists all."
    )


def _newest_first(rows: Iterator[Row]) -> list[Row]:
    return sorted(rows, key=lambda each: each.key, reverse=True)
