"""Deliveries of all webhooks that wait, are retried, or are dead; redeliver or remove some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from functions.domain.deliveries.row import Row as Delivery
from functions.domain.webhook import WebhookStatus
from ops.console.batches import Progress, change_each
from ops.console.elements import Column
from ops.console.pages.delivery_selection import DeliverySelection
from ops.console.pages.parts import card
from ops.console.stage import Stage
from ops.errors import OpsError
from ops.stuck_deliveries import remove_row
from ops.target import Target
from ops.words import number_of

_STATE = Column(key="state", label="State", kind="status")
_WHAT = (
    Column(key="why", label="Why"),
    Column(key="type", label="Event", kind="name"),
    Column(key="order", label="Order", kind="code"),
    Column(key="client", label="Client", kind="name"),
    Column(key="webhook", label="Webhook", kind="code"),
)
OPEN = (_STATE, Column(key="due", label="Next", kind="until"), *_WHAT)
DEAD = (Column(key="died", label="Dead since", kind="date"), *_WHAT)
_REDELIVER = (
    "{events}. Each is published again to its webhook alone, with the same ID. Where the webhook receives "
    "nothing now, it waits."
)
_REMOVE = (
    "{deliveries}. Each is ended for good: its event is not sent again, not by a recovery either. It stays "
    "as a record of what was removed."
)


class StuckDeliveries:
    """A section of the page."""

    def __init__(self, stage: Stage, title: str, columns: Sequence[Column], *, empty: str, more: str) -> None:
        with card(title):
            self._selection = DeliverySelection(stage, title, columns, empty)
            self._more = ui.label(more).classes("soft")
            with ui.element("div").classes("actions") as self._actions:
                self._selection.button(
                    "Redeliver the selected",
                    says=lambda count: _REDELIVER.format(events=number_of(count, "event")),
                    change=self._selection.redeliver,
                )
                self._selection.button(
                    "Remove the selected",
                    says=lambda count: _REMOVE.format(deliveries=number_of(count, "delivery")),
                    change=self._remove,
                )

    def show(self, rows: Sequence[Delivery], statuses: Mapping[str, WebhookStatus]) -> None:
        """Show these deliveries."""
        self._selection.show(rows, statuses)
        self._actions.set_visibility(bool(rows))
        self._more.set_visibility(bool(rows))

    def _remove(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        change_each(self._selection.chosen(keys), lambda row: _remove(target, row), progress)
        return progress.sentence("Removed", "delivery")


def _remove(target: Target, row: Delivery) -> None:
    if not remove_row(target, row):
        raise OpsError(f"The delivery of {row.event_id} to {row.webhook_id} has moved on.")
