"""A table of deliveries, of which the selected can be redelivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from functions.domain.deliveries.row import Row as Delivery
from functions.domain.webhook import WebhookStatus
from ops.console.batches import Progress, change_each
from ops.console.changes import sentence_of
from ops.console.pages.delivery_row import delivery_key, delivery_row
from ops.console.pages.selection import Selection
from ops.errors import OpsError
from ops.redeliver import redeliver_order
from ops.target import Target


class DeliverySelection(Selection):
    """A table with buttons below it, which knows the deliveries that its rows show."""

    _deliveries: Mapping[str, Delivery] = MappingProxyType({})

    def show(self, rows: Sequence[Delivery], statuses: Mapping[str, WebhookStatus]) -> None:
        """Show these deliveries; `statuses` are their webhooks', where they are known."""
        self._deliveries = {delivery_key(each): each for each in rows}
        self.set_rows([delivery_row(each, statuses.get(each.webhook_id)) for each in rows])

    def chosen(self, keys: Sequence[str]) -> list[Delivery]:
        """Return the deliveries with some rows' keys."""
        return [self._deliveries[each] for each in keys if each in self._deliveries]

    def redeliver(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        """Publish the chosen events again, each to its webhook alone."""
        change_each(self.chosen(keys), lambda row: _redeliver(target, row), progress)
        return progress.sentence("Published again", "event")


def _redeliver(target: Target, row: Delivery) -> None:
    if row.is_sent_once:
        raise OpsError(f"A {row.event_type} is sent once, and not again.")
    sentence_of(redeliver_order(target, row.subject, row.webhook_id))
