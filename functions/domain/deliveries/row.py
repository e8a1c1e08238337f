"""The row of one event at one webhook: the schedule and the record in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.deliveries.timing import TERMINAL_ROWS_KEPT

# Events about webhooks, test events included, are sent once: their value ends with the moment.
_SENT_ONCE_PREFIX = "webhook."


class RowState(StrEnum):
    """Where a delivery is. Why an owed or retrying row waits follows from its webhook's standing."""

    OWED = "owed"
    PENDING = "pending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    DEAD = "dead"


class Trigger(StrEnum):
    """Why an event was published."""

    ORDER = "order"
    SCHEDULE = "schedule"
    PROBE = "probe"
    RECOVER = "recover"
    REDELIVER = "redeliver"
    TEST = "test"
    SILENCE = "silence"


class Reason(StrEnum):
    """Why a row is retrying or dead."""

    # Retrying: how the last publication ended.
    UNAVAILABLE = "unavailable"
    """SNS gave up after 429, 5xx or no answer."""
    REJECTED = "rejected"
    """The webhook answered with a status that SNS does not retry."""
    GAVE_UP = "gave_up"
    """SNS gave up; its log has not said why yet."""
    SILENT = "silent"
    """There was no final signal, and the log groups have none either. Also of a dead row."""
    # Dead.
    SCHEDULE_EXHAUSTED = "schedule_exhausted"
    NOT_RETRIED = "not_retried"
    WAITED_TOO_LONG = "waited_too_long"
    WEBHOOK_DELETED = "webhook_deleted"
    DOCUMENT_EXPIRED = "document_expired"
    """The event's document is no longer stored."""
    REMOVED = "removed"
    """An operator has ended it."""


# Nobody is left to send these to, or nobody wants them sent.
_ENDED_FOR_GOOD = frozenset({Reason.WEBHOOK_DELETED, Reason.REMOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of one publication; `number` counts from 1."""

    sns_message_id: str
    number: int
    at: datetime
    status: int | None
    response: str = ""
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A delivery. `key` is the table's sort key, so that a query lists by the event's time.

    `claim` is the token of the last publication, from just before it was made. `sns_message_id` is missing
    where it was not stored on the row, as for an order's first publication. `due_at` is for owed and retrying
    rows, and None where a row is due at once; `deadline_at` is for pending rows. `counted` has the highest
    attempt that was counted of each of the latest publications. `silent_at` is when the current publication
    was found to be without a final signal.
    """

    webhook_id: str
    event_id: str
    event_time: str
    client_id: str
    registration: str
    event_type: str
    subject: str
    document_md5: str
    state: RowState
    trigger: Trigger
    created_at: datetime
    claim: str | None = None
    claimed_at: datetime | None = None
    published_at: datetime | None = None
    sns_message_id: str | None = None
    publications: int = 0
    retries: int = 0
    attempts: int = 0
    counted: tuple[tuple[str, int], ...] = ()
    last_attempt: Attempt | None = None
    due_at: datetime | None = None
    deadline_at: datetime | None = None
    silent_at: datetime | None = None
    failed_at: datetime | None = None
    reason: Reason | None = None
    delivered: Attempt | None = None
    delivered_at: datetime | None = None
    dead_at: datetime | None = None
    version: int = 0

    @property
    def key(self) -> str:
        """The sort key: the event's time, then its ID."""
        return f"{self.event_time}#{self.event_id}"

    @property
    def is_due_listed(self) -> bool:
        """Whether the row belongs to the index of rows that wait for a publication."""
        return self.state in (RowState.OWED, RowState.RETRYING)

    @property
    def is_open(self) -> bool:
        """Whether the delivery has not ended."""
        return self.is_due_listed or self.state is RowState.PENDING

    @property
    def is_missed(self) -> bool:
        """Whether the delivery is dead, and could be sent again."""
        return self.state is RowState.DEAD and self.reason not in _ENDED_FOR_GOOD and not self.is_sent_once

    @property
    def is_sent_once(self) -> bool:
        """Whether the event is never published again, and says nothing of the webhook's health."""
        return self.event_type.startswith(_SENT_ONCE_PREFIX)

    @property
    def expires_at(self) -> datetime | None:
        """When the row may be deleted: an open one never."""
        ended_at = self.delivered_at or self.dead_at
        return None if self.is_open or ended_at is None else ended_at + TERMINAL_ROWS_KEPT
