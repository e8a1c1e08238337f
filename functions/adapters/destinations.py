"""Which webhook a delivery log entry is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.adapters.deliveries_table import DeliveriesTable
    from functions.adapters.recipients import Recipients
    from functions.domain.deliveries.log_entry import LogEntry
    from functions.domain.deliveries.stored import Message


class Destinations:
    """Finds the webhooks of entries: by the ID in the destination, or by the URL where SNS logs no query."""

    def __init__(self, deliveries: DeliveriesTable, recipients: Recipients) -> None:
        self._deliveries = deliveries
        self._recipients = recipients

    def webhook_of(self, entry: LogEntry, message: Message) -> str | None:
        """Return the ID of the webhook that an entry of this message is about.

        None is another subscriber, or one of several webhooks at the same URL.
        """
        webhook_id = entry.webhook_id or self._webhook_at(entry.destination, message)
        return webhook_id if webhook_id in message.webhook_ids else None

    def _webhook_at(self, destination: str, message: Message) -> str | None:
        event = self._deliveries.find_event(message.event_id) if message.webhook_ids else None
        if event is None:
            return None
        found = [
            each.recipient.webhook_id
            for each in self._recipients.of_client(event.client_id)
            if each.recipient.webhook_id in message.webhook_ids
            and _without_query(each.url) == _without_query(destination)
        ]
        return found[0] if len(found) == 1 else None


def _without_query(url: str) -> str:
    return url.partition("?")[0]
