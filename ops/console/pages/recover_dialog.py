"""Ask since when a webhook is to get what it has missed, say what will happen, and start the recovery."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from nicegui import ui

from ops.console.changes import do
from ops.console.stage import Stage
from ops.console.url_filters import SPANS
from ops.errors import OpsError
from ops.instants import read_instant, read_span
from ops.recover import start_recovery
from ops.stuck_deliveries import MissedCount, missed_since
from ops.tables import KnownWebhook
from ops.target import Target
from ops.words import number_of

_EXACT = "exact"
_CHOICES = {**SPANS, _EXACT: "an exact time"}


def recover_button(stage: Stage, webhook: Callable[[], KnownWebhook]) -> ui.button:
    """Add the button."""

    async def recover() -> None:
        known = webhook()
        since = await _Question(stage, known).answer()
        if since is not None:
            await do(stage, lambda target: recover_since(target, known, since))

    return ui.button("Recover", on_click=recover).props("outline no-caps")


def recover_since(target: Target, webhook: KnownWebhook, since: datetime) -> str:
    """Start a recovery and return what was done; raise `Refused` with what the API answers."""
    job_id = start_recovery(target, webhook.webhook_id, since, None)
    return f"Recovery {job_id} has started: see how far it is below."


class _Question:
    """The dialog. What will happen depends on the time that is chosen, so it is counted again."""

    def __init__(self, stage: Stage, webhook: KnownWebhook) -> None:
        self._stage = stage
        self._webhook = webhook
        with ui.dialog().props('aria-label="Recover"') as self._dialog, ui.element("div").classes("card"):
            ui.label("Send the webhook everything that it has missed since").classes("strong")
            self._span = ui.select(_CHOICES, value="1d", label="Time", on_change=self._changed)
            self._span.props("dense outlined options-dense")
            self._exact = ui.input("UTC, such as 2026-11-27T08:00", on_change=self._changed)
            self._exact.props("dense outlined debounce=400").set_visibility(False)
            self._says = ui.label("Counting…").props("role=status")
            with ui.element("div").classes("actions"):
                self._recover = ui.button("Recover", on_click=self._submit).props("no-caps unelevated")
                ui.button("Cancel", on_click=lambda: self._dialog.submit(None)).props("no-caps flat")

    async def answer(self) -> datetime | None:
        """Return since when, or None where the viewer has cancelled."""
        self._dialog.open()
        await self._changed()
        answer = await self._dialog
        self._dialog.delete()
        return answer if isinstance(answer, datetime) else None

    def _since(self) -> datetime | None:
        if self._span.value != _EXACT:
            return self._stage.find_target().now() - read_span(str(self._span.value))
        try:
            return read_instant(str(self._exact.value or ""))
        except ValueError:
            return None

    def _submit(self) -> None:
        self._dialog.submit(self._since())

    async def _changed(self) -> None:
        self._exact.set_visibility(self._span.value == _EXACT)
        self._recover.disable()
        since = self._since()
        if since is None or since >= self._stage.find_target().now():
            self._says.set_text("Write a time that has passed, such as 2026-11-27T08:00.")
            return
        try:
            found = await asyncio.to_thread(
                self._stage.call, lambda target: missed_since(target, self._webhook.webhook_id, since)
            )
        except OpsError as error:
            self._says.set_text(str(error))
            return
        self._says.set_text(_sentence(found, self._webhook))
        self._recover.set_enabled(True)


def _sentence(found: MissedCount, webhook: KnownWebhook) -> str:
    least = "" if found.is_complete else "at least "
    is_served = webhook.status in ("active", "failing")
    when = "" if is_served else " Nothing is published before the webhook receives events again."
    return (
        f"What is dead or retrying is published again to {webhook.shown_url}, the oldest first, at a bounded "
        f"rate and with the same IDs: {least}{number_of(found.missed, 'event')}. Delivered or on their way: "
        f"{found.others}.{when}"
    )
