"""Deliveries of all webhooks that wait, are retried, or are dead; redeliver or remove some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from functions.domain.deliveries.row import Row as Delivery
from functions.domain.webhook import WebhookStatus
from ops.console.batches import Progress, change_each
from ops.console.changes import sentence_of
from ops.console.elements import Column, Row
from ops.console.marks import order_link, status_mark, webhook_link
from ops.console.pages.parts import card
from ops.console.pages.selection import Selection
from ops.console.stage import Stage
from ops.delivery_text import reason_of
from ops.errors import OpsError
from ops.redeliver import redeliver_order
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
        self._rows: dict[str, Delivery] = {}
        with card(title):
            self._selection = Selection(stage, title, columns, empty)
            self._more = ui.label(more).classes("soft")
            with ui.element("div").classes("actions") as self._actions:
                self._selection.button(
                    "Redeliver the selected",
                    says=lambda count: _REDELIVER.format(events=number_of(count, "event")),
                    change=self._redeliver,
                )
                self._selection.button(
                    "Remove the selected",
                    says=lambda count: _REMOVE.format(deliveries=number_of(count, "delivery")),
                    change=self._remove,
                )

    def show(self, rows: Sequence[Delivery], statuses: Mapping[str, WebhookStatus]) -> None:
        """Show these deliveries."""
        self._rows = {_key(each): each for each in rows}
        self._selection.set_rows([_row(each, statuses.get(each.webhook_id)) for each in rows])
        self._actions.set_visibility(bool(rows))
        self._more.set_visibility(bool(rows))

    def _chosen(self, keys: Sequence[str]) -> list[Delivery]:
        return [self._rows[each] for each in keys if each in self._rows]

    def _redeliver(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        change_each(self._chosen(keys), lambda row: redeliver(target, row), progress)
        return progress.sentence("Published again", "event")

    def _remove(self, target: Target, keys: Sequence[str], progress: Progress) -> str:
        change_each(self._chosen(keys), lambda row: _remove(target, row), progress)
        return progress.sentence("Removed", "delivery")


def redeliver(target: Target, row: Delivery) -> None:
    """Publish the event of a delivery again to its webhook; raise `OpsError` where that cannot be."""
    if row.is_sent_once:
        raise OpsError(f"A {row.event_type} is sent once, and not again.")
    sentence_of(redeliver_order(target, row.subject, row.webhook_id))


def _remove(target: Target, row: Delivery) -> None:
    if not remove_row(target, row):
        raise OpsError(f"The delivery of {row.event_id} to {row.webhook_id} has moved on.")


def _key(row: Delivery) -> str:
    return f"{row.event_id} {row.webhook_id}"


def _row(row: Delivery, status: WebhookStatus | None) -> Row:
    is_of_order = row.event_type.startswith("order.")
    return Row(
        key=_key(row),
        cells={
            "state": row.state.value,
            "due": row.due_at.isoformat() if row.due_at else "",
            "died": row.dead_at.isoformat() if row.dead_at else "",
            "why": reason_of(row, status),
            "type": row.event_type,
            "order": row.subject if is_of_order else "",
            "client": row.client_id,
            "webhook": row.webhook_id,
        },
        links={
            "webhook": webhook_link(row.webhook_id),
            **({"order": order_link(row.subject)} if is_of_order else {}),
        },
        marks={"state": status_mark(row.state.value)},
    )
