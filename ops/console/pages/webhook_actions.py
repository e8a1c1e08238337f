"""What can be done to a webhook: test event, pause, resume, recover, and a summary for its client."""

from __future__ import annotations

import asyncio
import json

from nicegui import ui

from ops.console.changes import change_button, hide_if_read_only, show_error
from ops.console.pages.recover_dialog import recover_button
from ops.console.stage import Stage
from ops.console.webhook_reading import MOST_UPCOMING, WebhookReading, read_summary
from ops.errors import OpsError
from ops.target import Target
from ops.webhook_changes import send_test_event, set_webhook_status
from ops.words import number_of

_LONGEST_COPY_SECONDS = 10.0


class Actions:
    """The buttons, which depend on the webhook's status."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._reading: WebhookReading | None = None
        with ui.element("div").classes("actions"):
            self._test = change_button(
                stage,
                "Send a test event",
                says=lambda: "A test event is published to this webhook alone, as when its client asks.",
                change=self._do_test,
            )
            self._pause = change_button(stage, "Pause", says=self._says_pause, change=self._do_pause)
            self._resume = change_button(stage, "Resume", says=self._says_resume, change=self._do_resume)
            self._recover = recover_button(stage, lambda: self._known.webhook)
            hide_if_read_only(stage, self._recover)
            self._summary = ui.button("Copy a summary for the client", on_click=self._copy)
            self._summary.props("outline no-caps")
        # Until the webhook was read.
        for button in (self._test, self._pause, self._resume, self._recover, self._summary):
            button.set_visibility(False)

    def show(self, reading: WebhookReading) -> None:
        """Offer what the webhook's status allows."""
        self._reading = reading
        webhook = reading.webhook
        is_stopped = webhook.is_paused or webhook.status == "disabled"
        self._test.set_visibility(True)
        self._recover.set_visibility(True)
        self._summary.set_visibility(True)
        self._pause.set_visibility(not (webhook.is_paused or webhook.managed))
        self._resume.set_visibility(is_stopped and not webhook.managed)

    @property
    def _known(self) -> WebhookReading:
        if self._reading is None:
            raise OpsError("The webhook has not been read yet.")
        return self._reading

    def _says_pause(self) -> str:
        return (
            f"From now on no event is published to {self._known.webhook.shown_url}. Its events wait, for 30 "
            "days at most, and are published when it is resumed. Its client sees that it is paused, and can "
            "resume it."
        )

    def _says_resume(self) -> str:
        count = len(self._known.upcoming)
        least = "at least " if count == MOST_UPCOMING else ""
        return (
            f"What waits for {self._known.webhook.shown_url} is published now, the oldest first and at a "
            f"bounded rate: {least}{number_of(count, 'event')}. New events are published at once."
        )

    def _do_pause(self, target: Target) -> str:
        set_webhook_status(target, self._known.webhook, "paused")
        return "The webhook is paused: its events wait."

    def _do_resume(self, target: Target) -> str:
        status = set_webhook_status(target, self._known.webhook, "active")
        return f"The webhook is {status.replace('_', ' ')}."

    def _do_test(self, target: Target) -> str:
        return f"The test event {send_test_event(target, self._known.webhook)} is published."

    async def _copy(self) -> None:
        try:
            webhook_id = self._known.webhook.webhook_id
            text = await asyncio.to_thread(self._stage.call, lambda target: read_summary(target, webhook_id))
        except OpsError as error:
            show_error(error)
            return
        if await _is_copied(text):
            ui.notify("The summary of the last day is on the clipboard.")
        else:
            show_error(OpsError("The browser has not put the summary on the clipboard."))


async def _is_copied(text: str) -> bool:
    """Put a text on the clipboard: that takes a moment, and the browser may refuse it."""
    write = f"navigator.clipboard.writeText({json.dumps(text)}).then(() => true, () => false)"
    try:
        return bool(await ui.run_javascript(write, timeout=_LONGEST_COPY_SECONDS))
    except TimeoutError:
        return False
