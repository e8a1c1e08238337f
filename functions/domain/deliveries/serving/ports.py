"""What a run reaches: tables, topics, subscriptions and log groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.deliveries import recording
from functions.domain.deliveries.due import DueEntry
from functions.domain.deliveries.first_publication import Messages, Topics
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.row import Row
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.silence import SignalCounts
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPublication:
    """A publication whose log entries are searched for; the last can have been written at `until`."""

    webhook_id: str
    sns_message_id: str
    topic_arn: str
    published_at: datetime
    until: datetime


class Deliveries(recording.Deliveries, Messages, Protocol):
    """The items of rows, events, messages, attempts and webhook states. Reads are consistent."""

    def find_event(self, event_id: str) -> StoredEvent | None: ...  # noqa: D102


class Schedule(Protocol):
    """The two indexes, the jobs and the lease. An index may be a little behind the items."""

    def due_webhooks(self, now: datetime) -> Sequence[tuple[str, datetime]]:
        """Return the IDs of the webhooks that have work, and since when, the longest due first."""
        ...

    def overdue_rows(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Return the webhook ID and the key of rows whose deadline has passed, the longest overdue first."""
        ...

    def due_rows(self, webhook_id: str, after: str | None, limit: int) -> Sequence[DueEntry]:
        """Return a webhook's waiting rows by the event's time; fewer than the limit are the last."""
        ...

    def rows_between(self, webhook_id: str, since: str, until: str, limit: int) -> Sequence[Row]:
        """Return a page of a webhook's rows with keys after `since` and before `until`."""
        ...

    def find_job(self, webhook_id: str, job_id: str) -> RecoverJob | None: ...  # noqa: D102

    def save_job(self, job: RecoverJob) -> None: ...  # noqa: D102

    def acquire_lease(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease, unless another holder has it until after `now`."""
        ...

    def release_lease(self, holder: str) -> None: ...  # noqa: D102


class SignalCounters(Protocol):
    """How many publications had a final signal, were silent and were sent again."""

    def signal_counts(self, now: datetime) -> SignalCounts:
        """Return the counts of this hour and the last."""
        ...

    def count_signals(self, now: datetime, *, silent: int = 0, resent: int = 0) -> None:
        """Add to this hour's counts."""
        ...


class Recipients(Protocol):
    """The registered webhooks."""

    def find(self, client_id: str, webhook_id: str) -> Recipient | None: ...  # noqa: D102

    def confirm(self, recipient: Recipient, at: datetime) -> Recipient:
        """Store when the webhook's subscription was found confirmed, and return the webhook with it."""
        ...


class Sns(Topics, Protocol):
    """Topics and subscriptions."""

    def pending_confirmation(self, recipient: Recipient) -> bool | None:
        """Return whether SNS waits for a webhook's confirmation, or None where it has no subscription."""
        ...


class SignalLog(Protocol):
    """The log groups of SNS's deliveries."""

    def search(self, publications: Sequence[OpenPublication]) -> Sequence[Signal]:
        """Return the signals that the log groups have of a few publications on one topic."""
        ...
