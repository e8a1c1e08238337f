"""Which webhook a delivery log entry is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.adapters.deliveries_table import DeliveriesTable
    from functions.adapters.recipients import Recipients, RegisteredWebhook
    from functions.domain.deliveries.log_entry import LogEntry
    from functions.domain.deliveries.stored import Message


class Destinations:
    """Finds the webhooks of entries: by the ID in the destination, or by the URL where SNS logs no query.

    It is for one run: an event has many entries, and the webhooks of its client are read once.
    """

    def __init__(self, deliveries: DeliveriesTable, recipients: Recipients) -> None:
        self._deliveries = deliveries
        self._recipients = recipients
        self._registered: dict[str, Sequence[RegisteredWebhook]] = {}

    def webhook_of(self, entry: LogEntry, message: Message) -> str | None:
        """Return the ID of the webhook that an entry of this message is about.

        None is another subscriber, or one of several webhooks at the same URL.
        """
        webhook_id = entry.webhook_id or self._webhook_at(entry.destination, message)
        return webhook_id if webhook_id in message.webhook_ids else None

    def _webhook_at(self, destination: str, message: Message) -> str | None:
        if not message.webhook_ids:
            return None
        found = [
            each.recipient.webhook_id
            for each in self._webhooks_of_client(message.event_id)
            if each.recipient.webhook_id in message.webhook_ids
            and _without_query(each.url) == _without_query(destination)
        ]
        return found[0] if len(found) == 1 else None

    def _webhooks_of_client(self, event_id: str) -> Sequence[RegisteredWebhook]:
        if event_id not in self._registered:
            event = self._deliveries.find_event(event_id)
            if event is None:
                return ()
            self._registered[event_id] = self._recipients.of_client(event.client_id)
        return self._registered[event_id]


def _without_query(url: str) -> str:
    return url.partition("?")[0]
