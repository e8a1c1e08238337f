"""One webhook: its state, and a test event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from ops.as_client import call_as_client
from ops.console.attempts import place_of
from ops.console.changes import change_button
from ops.console.deliveries_window import DeliveriesWindow
from ops.console.elements import Column, Moment, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import status_mark
from ops.console.pages.orders import Filters
from ops.console.pages.parts import card, fact
from ops.console.stage import Stage
from ops.errors import NothingFound, OpsError
from ops.instants import read_instant, span
from ops.tables import KnownWebhook, all_webhooks
from ops.target import Target
from ops.trace.deliveries import webhook_of
from ops.trace.sources import DeliveryEntry

_DELIVERIES = (
    Column(key="time", label="Time", kind="date"),
    Column(key="status", label="Answered", kind="status"),
    Column(key="attempts", label="Attempts", kind="number"),
    Column(key="took", label="After", kind="number"),
    Column(key="response", label="Response"),
    Column(key="message", label="SNS message", kind="code"),
)
_ACCEPTED = 202
_MOST = 200
_LONGEST_RESPONSE = 300
_deliveries = DeliveriesWindow()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReading:
    """One webhook at one moment."""

    webhook: KnownWebhook
    deliveries: Sequence[DeliveryEntry]
    """Those of the last hour, the newest first."""

    def summary(self) -> str:
        """Return a text for the webhook's client."""
        taken = sum(each.succeeded for each in self.deliveries)
        failed = [each for each in self.deliveries if not each.succeeded]
        lines = [
            f"Webhook {self.webhook.webhook_id} at {self.webhook.shown_url}: {self.webhook.status}.",
            f"In the last hour {taken} events were delivered, and SNS gave up on {len(failed)}.",
        ]
        lines += [
            f"{each.time:%Y-%m-%d %H:%M:%S} UTC: {each.status_code or 'no answer'} at attempt "
            f"{each.attempts}, SNS message {each.message_id}"
            for each in failed[:10]
        ]
        return "\n".join(lines)


def read_webhook(target: Target, webhook_id: str) -> WebhookReading:
    """Read one webhook; raise `NothingFound` where there is none."""
    known = next((each for each in all_webhooks(target) if each.webhook_id == webhook_id), None)
    if known is None:
        raise NothingFound(f"{target.name} has no webhook {webhook_id}: perhaps its client has deleted it.")
    own = [
        each
        for each in _deliveries.read(target)
        if webhook_of(each.destination, ()) == webhook_id or place_of(each.destination) == known.shown_url
    ]
    return WebhookReading(webhook=known, deliveries=own[::-1][:_MOST])


def build_webhook(stage: Stage, webhook_id: str) -> None:
    """Build the page of one webhook."""
    with frame(stage, "/webhooks", f"Webhook {webhook_id}"):
        page = _WebhookPage(stage)
        Live(stage, lambda target: read_webhook(target, webhook_id), page.show)


class _WebhookPage:
    def __init__(self, stage: Stage) -> None:
        self._reading: WebhookReading | None = None
        with ui.element("div").classes("head"):
            self._facts = ui.element("div").style("flex: 1 1 20rem; min-width: 0")
            with ui.element("div").classes("actions"):
                change_button(
                    stage,
                    "Send a test event",
                    says=lambda: "A test event is published to this webhook alone, as when its client asks.",
                    change=self._send_test_event,
                )
                ui.button("Copy a summary for the client", on_click=self._copy).props("outline no-caps")
        with card("Deliveries of the last hour"):
            empty = "SNS has logged no delivery to this webhook within an hour."
            self._deliveries = Rows("Deliveries", _DELIVERIES, empty=empty)

    def show(self, reading: WebhookReading) -> None:
        """Show what has changed."""
        self._reading = reading
        webhook = reading.webhook
        self._facts.clear()
        with self._facts, ui.element("dl").classes("facts"):
            with fact("Status"):
                status = webhook.status.replace("_", " ")
                ui.label(status).classes(f"badge {status_mark(webhook.status)}").style("display: inline")
            with fact("Calls"):
                ui.label(webhook.shown_url)
            with fact("Client"):
                ui.link(webhook.client_id, Filters(client=webhook.client_id).url())
            with fact("Event types"):
                ui.label(", ".join(webhook.event_types))
            if webhook.created_at:
                with fact("Registered"):
                    Moment(read_instant(webhook.created_at))
            if webhook.status == "pending_confirmation":
                with fact("Waits for"):
                    ui.label("its receiver, which must open the SubscribeURL that SNS has posted to it")
        self._deliveries.set_rows([_row(each) for each in reading.deliveries])

    def _send_test_event(self, target: Target) -> str:
        if self._reading is None:
            raise OpsError("The webhook has not been read yet.")
        webhook = self._reading.webhook
        answer = call_as_client(
            target,
            "send-test-event",
            "POST /webhooks/{webhook_id}/test",
            webhook.client_id,
            {"webhook_id": webhook.webhook_id},
        )
        if answer.status != _ACCEPTED:
            raise OpsError(str(answer.body.get("detail") or answer.status))
        return f"The test event {answer.body.get('event_id', '')} is published."

    def _copy(self) -> None:
        if self._reading is not None:
            ui.clipboard.write(self._reading.summary())
            ui.notify("The summary is on the clipboard.")


def _row(entry: DeliveryEntry) -> Row:
    answered = str(entry.status_code) if entry.status_code else "no answer"
    return Row(
        key=f"{entry.message_id} {entry.attempts}",
        cells={
            "time": entry.time.isoformat(),
            "status": answered,
            "attempts": str(entry.attempts),
            "took": span(entry.dwell_seconds),
            "response": entry.response[:_LONGEST_RESPONSE],
            "message": entry.message_id,
        },
        marks={"status": "ok" if entry.succeeded else "failed"},
    )
