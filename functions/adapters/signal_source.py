"""Which row a log entry or a dead-lettered envelope is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from functions.adapters.destinations import Destinations

if TYPE_CHECKING:
    from functions.adapters.deliveries_table import DeliveriesTable, RowKey
    from functions.adapters.recipients import Recipients, RegisteredWebhook
    from functions.domain.deliveries.envelope import Envelope
    from functions.domain.deliveries.log_entry import LogEntry
    from functions.domain.deliveries.row import Row
    from functions.domain.deliveries.signal import Signal
    from functions.domain.deliveries.stored import Message

# A message item is stored moments after its publication: an entry without one is older than that, or its
# publisher was killed.
_UNKNOWN_FOR = timedelta(minutes=5)
_CLOCK_DIFFERENCE = timedelta(minutes=1)


class Dropped(StrEnum):
    """Why an entry changes nothing."""

    OTHER_SUBSCRIBER = "other_subscriber"
    """It is of a subscriber that the operator has added to the topic."""
    UNKNOWN_MESSAGE = "unknown_message"
    """No message, and no row with its document, was stored."""
    NO_ROW = "no_row"
    """The row has expired."""
    NO_WEBHOOK = "no_webhook"
    """The webhook was deleted."""
    SENT_ONCE = "sent_once"
    """An event about a webhook is not sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What a batch of entries is about; `unknown` are to be tried again later."""

    signals: list[tuple[Row, Signal, LogEntry]] = field(default_factory=list)
    unknown: list[LogEntry] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


class SignalSource:
    """Finds the rows of entries and envelopes."""

    def __init__(self, deliveries: DeliveriesTable, recipients: Recipients) -> None:
        self._deliveries = deliveries
        self._recipients = recipients
        self._destinations = Destinations(deliveries, recipients)

    def match(self, entries: Sequence[LogEntry], now: datetime) -> Matches:
        """Match entries by their SNS message IDs, and where those stay unknown by the document's MD5."""
        matches = Matches()
        messages = self._deliveries.find_messages(each.sns_message_id for each in entries)
        keyed: list[tuple[LogEntry, Message, RowKey]] = []
        for entry in entries:
            message = messages.get(entry.sns_message_id)
            if message is None:
                self._match_by_md5(entry, now, matches)
                continue
            webhook_id = self._destinations.webhook_of(entry, message)
            if webhook_id is None:
                matches.dropped.append(Dropped.OTHER_SUBSCRIBER)
                continue
            keyed.append((entry, message, (webhook_id, f"{message.event_time}#{message.event_id}")))
        rows = self._deliveries.find_rows(key for *_, key in keyed)
        for entry, message, key in keyed:
            if key in rows:
                matches.signals.append((rows[key], entry.signal(key[0], message.claim), entry))
            else:
                matches.dropped.append(Dropped.NO_ROW)
        return matches

    def webhook_of(self, envelope: Envelope) -> RegisteredWebhook | None:
        """Return the webhook that an envelope was for, or None where it is registered no more."""
        webhooks = self._recipients.of_client(envelope.client_id)
        arn = envelope.subscription_arn
        return next((each for each in webhooks if each.recipient.subscription_arn == arn), None)

    def claim_of(self, sns_message_id: str) -> str | None:
        """Return the claim of a publication, where its message is stored."""
        message = self._deliveries.find_messages([sns_message_id]).get(sns_message_id)
        return None if message is None else message.claim

    def _match_by_md5(self, entry: LogEntry, now: datetime, matches: Matches) -> None:
        if now - entry.at < _UNKNOWN_FOR:
            matches.unknown.append(entry)
            return
        if entry.webhook_id is None:
            # An event that no webhook wanted: only the operator's own subscribers have received it.
            matches.dropped.append(Dropped.OTHER_SUBSCRIBER)
            return
        before = entry.published_at + _CLOCK_DIFFERENCE
        row = self._deliveries.find_row_by_md5(entry.webhook_id, entry.md5, before)
        if row is None:
            matches.dropped.append(Dropped.UNKNOWN_MESSAGE)
        else:
            matches.signals.append((row, entry.signal(row.webhook_id, None), entry))
