"""Changes of rows and states that other functions may change at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from functions.domain.deliveries.row import Row
from functions.domain.deliveries.webhook_state import Recipient, WebhookState, new_state, wake
from functions.domain.outage import ServiceUnavailable

_ATTEMPTS = 8


class Versioned(Protocol):
    """Rows and states, saved on the condition of the version that was read; None is a conflict."""

    def find_row(self, webhook_id: str, key: str) -> Row | None: ...  # noqa: D102

    def save_row(self, row: Row) -> Row | None: ...  # noqa: D102

    def find_state(self, webhook_id: str) -> WebhookState | None: ...  # noqa: D102

    def save_state(self, state: WebhookState) -> WebhookState | None: ...  # noqa: D102


def change_row(stored: Versioned, row: Row, change: Callable[[Row], Row]) -> Row | None:
    """Change a row until no other write is faster; return what is stored, or None where the row is gone."""
    current: Row | None = row
    for _ in range(_ATTEMPTS):
        if current is None:
            return None
        changed = change(current)
        if changed == current:
            return current
        saved = stored.save_row(changed)
        if saved is not None:
            return saved
        current = stored.find_row(row.webhook_id, row.key)
    raise ServiceUnavailable(f"row {row.key} of {row.webhook_id} changes all the time")


def change_state(
    stored: Versioned,
    recipient: Recipient,
    known: WebhookState | None,
    change: Callable[[WebhookState], WebhookState],
    now: datetime,
) -> WebhookState:
    """Change a webhook's state, from what is known of it on; return what is stored, or would be.

    A webhook without a state has that of a new registration, and a state of another registration ends.
    """
    for _ in range(_ATTEMPTS):
        state = state_for(recipient, known, now)
        changed = change(state)
        if changed == state:
            return state
        saved = stored.save_state(changed)
        if saved is not None:
            return saved
        known = stored.find_state(recipient.webhook_id)
    raise ServiceUnavailable(f"the state of {recipient.webhook_id} changes all the time")


def wake_webhook(stored: Versioned, recipient: Recipient, known: WebhookState | None, now: datetime) -> None:
    """Have redeliver look at a webhook; before the row that depends on it: a visit too many does no harm."""
    change_state(stored, recipient, known, lambda state: wake(state, now, now), now)


def state_for(recipient: Recipient, known: WebhookState | None, now: datetime) -> WebhookState:
    """Return the state of a recipient's own registration, or of a newer one: its time is its name.

    A state that is not stored yet has no work.
    """
    if known is not None and known.registration >= recipient.registration:
        return known
    version = 0 if known is None else known.version
    return replace(new_state(recipient, now), work_at=None, woken_at=None, version=version)
