"""One webhook: its health, its deliveries with their attempts, and a test event."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from nicegui import ui

from functions.domain.deliveries.row import Attempt, RowState
from functions.domain.deliveries.row import Row as Delivery
from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.instant import now
from ops.as_client import call_as_client
from ops.console.changes import change_button, sentence_of
from ops.console.elements import Column, Moment, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import order_link, status_mark
from ops.console.pages.orders import Filters
from ops.console.pages.parts import card, fact, heading
from ops.console.stage import Stage
from ops.deliveries import attempts_of_row, rows_of_webhook
from ops.errors import NothingFound, OpsError
from ops.instants import read_instant, span
from ops.redeliver import redeliver_order
from ops.tables import KnownWebhook, all_webhooks, deliveries_of
from ops.target import Target

_DELIVERIES = (
    Column(key="time", label="Event of", kind="date"),
    Column(key="type", label="Event"),
    Column(key="order", label="Order", kind="code"),
    Column(key="state", label="State", kind="status"),
    Column(key="attempts", label="Attempts", kind="number"),
    Column(key="answered", label="Last answer"),
    Column(key="due", label="Next", kind="until"),
)
_ATTEMPTS = (
    Column(key="time", label="Time", kind="clock"),
    Column(key="number", label="Attempt", kind="number"),
    Column(key="status", label="Answered", kind="status"),
    Column(key="took", label="Took", kind="number"),
    Column(key="response", label="Response"),
    Column(key="message", label="SNS message", kind="code"),
)
_ACCEPTED = 202
_PAGE = 50
_STATES = {"": "every state", **{each.value: each.value for each in RowState}}
_SUMMARY_LENGTH = timedelta(days=1)
_MOST_IN_SUMMARY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReading:
    """One webhook at one moment."""

    webhook: KnownWebhook
    state: WebhookState | None
    deliveries: Sequence[Delivery]
    """The newest, or those from a position on."""
    next: str | None

    def summary(self) -> str:
        """Return a text for the webhook's client about the deliveries that are shown."""
        recent = [each for each in self.deliveries if each.created_at > now() - _SUMMARY_LENGTH]
        missed = [each for each in recent if each.state is not RowState.DELIVERED]
        lines = [
            f"Webhook {self.webhook.webhook_id} at {self.webhook.shown_url}: {self.webhook.status}.",
            f"Of {len(recent)} events of the last day, {len(recent) - len(missed)} were delivered.",
        ]
        lines += [
            f"{each.event_time}: {each.event_type} of {each.subject} is {each.state}, {_answer(each)}"
            for each in missed[:_MOST_IN_SUMMARY]
        ]
        return "\n".join(lines)


def read_webhook(target: Target, webhook_id: str, state: str, position: str) -> WebhookReading:
    """Read one webhook; raise `NothingFound` where there is none."""
    known = next((each for each in all_webhooks(target) if each.webhook_id == webhook_id), None)
    if known is None:
        raise NothingFound(f"{target.name} has no webhook {webhook_id}: perhaps its client has deleted it.")
    page = rows_of_webhook(target, webhook_id, _PAGE, state=state or None, before=position or None)
    return WebhookReading(
        webhook=known,
        state=deliveries_of(target).find_state(webhook_id),
        deliveries=page.rows,
        next=page.next,
    )


def build_webhook(stage: Stage, webhook_id: str, state: str, position: str) -> None:
    """Build the page of one webhook."""
    with frame(stage, "/webhooks", f"Webhook {webhook_id}"):
        page = _WebhookPage(stage, webhook_id, state if state in _STATES else "")
        Live(stage, lambda target: read_webhook(target, webhook_id, page.state, position), page.show)


class _WebhookPage:
    def __init__(self, stage: Stage, webhook_id: str, state: str) -> None:
        self._stage = stage
        self._webhook_id = webhook_id
        self.state = state
        self._reading: WebhookReading | None = None
        self._buttons()
        self._facts = ui.element("div")
        with card("Deliveries"):
            ui.select(
                _STATES,
                value=state,
                label="State",
                on_change=lambda event: ui.navigate.to(self._url(state=str(event.value))),
            ).props("dense outlined options-dense").style("max-width: 12rem")
            empty = "No event was owed to this webhook yet, or none has this state."
            self._deliveries = Rows("Deliveries", _DELIVERIES, empty=empty, on_pick=self._pick)
            self._older = ui.link("Older deliveries", "#")
            self._older.set_visibility(False)
            ui.label("Select a delivery to see its attempts and to redeliver it.").classes("soft")
        with ui.element("section").classes("card") as self._details:
            heading("Attempts of the selected deliveries")
            self._attempts = Rows("Attempts", _ATTEMPTS, empty="SNS has not logged an attempt yet.")
            change_button(
                stage,
                "Redeliver the selected",
                says=lambda: "The orders' events are published again to this webhook, with the same IDs.",
                change=self._redeliver,
            )
        self._details.set_visibility(False)

    def show(self, reading: WebhookReading) -> None:
        """Show what has changed."""
        self._reading = reading
        self._facts.clear()
        with self._facts, ui.element("dl").classes("facts"):
            _facts(reading)
        self._deliveries.set_rows([_row(each) for each in reading.deliveries])
        self._older.set_visibility(reading.next is not None)
        if reading.next is not None:
            self._older.props["href"] = self._url(position=reading.next)
            self._older.update()

    def _url(self, **changes: str) -> str:
        values = {"id": self._webhook_id, "state": self.state, **changes}
        return f"/webhook?{urlencode({name: value for name, value in values.items() if value})}"

    def _buttons(self) -> None:
        with ui.element("div").classes("actions"):
            change_button(
                self._stage,
                "Send a test event",
                says=lambda: "A test event is published to this webhook alone, as when its client asks.",
                change=self._send_test_event,
            )
            ui.button("Copy a summary for the client", on_click=self._copy).props("outline no-caps")

    def _picked(self) -> list[Delivery]:
        found = self._reading.deliveries if self._reading else []
        return [each for each in found if each.key in self._deliveries.picked]

    async def _pick(self, _: Sequence[str]) -> None:
        picked = self._picked()
        self._details.set_visibility(bool(picked))

        def read() -> list[Attempt]:
            target = self._stage.find_target()
            return [attempt for row in picked for attempt in attempts_of_row(target, row)]

        found = await asyncio.to_thread(read)
        self._attempts.set_rows([_attempt(each) for each in found])

    def _redeliver(self, target: Target) -> str:
        for each in self._picked():
            sentence_of(redeliver_order(target, each.subject, self._webhook_id))
        return f"{len(self._picked())} events are published again."

    def _send_test_event(self, target: Target) -> str:
        if self._reading is None:
            raise OpsError("The webhook has not been read yet.")
        answer = call_as_client(
            target,
            "send-test-event",
            "POST /webhooks/{webhook_id}/test",
            self._reading.webhook.client_id,
            {"webhook_id": self._webhook_id},
        )
        if answer.status != _ACCEPTED:
            raise OpsError(str(answer.body.get("detail") or answer.status))
        return f"The test event {answer.body.get('event_id', '')} is published."

    def _copy(self) -> None:
        if self._reading is not None:
            ui.clipboard.write(self._reading.summary())
            ui.notify("The summary is on the clipboard.")


def _facts(reading: WebhookReading) -> None:
    webhook, state = reading.webhook, reading.state
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
    if state is None:
        return
    _since("Last success", state.last_success_at)
    _since("Failing since", state.failing_since)
    _since("Disabled since", state.disabled_at)
    if state.failing_since and state.last_failure:
        with fact("Last failure"):
            ui.label(f"{state.last_failure.status or 'no answer'} {state.last_failure.response[:200]}")


def _since(label: str, instant: datetime | None) -> None:
    if instant is not None:
        with fact(label):
            Moment(instant)


def _answer(row: Delivery) -> str:
    last = row.last_attempt or row.delivered
    if last is None:
        return str(row.reason or "no attempt yet")
    return str(last.status or "no answer")


def _row(row: Delivery) -> Row:
    return Row(
        key=row.key,
        cells={
            "time": row.event_time,
            "type": row.event_type,
            "order": row.subject,
            "state": row.state.value,
            "attempts": str(row.attempts),
            "answered": _answer(row),
            "due": row.due_at.isoformat() if row.due_at else "",
        },
        links={"order": order_link(row.subject)} if row.event_type.startswith("order.") else {},
        marks={"state": status_mark(row.state.value)},
    )


def _attempt(attempt: Attempt) -> Row:
    is_good = attempt.status is not None and attempt.status < 300
    return Row(
        key=f"{attempt.sns_message_id} {attempt.number}",
        cells={
            "time": attempt.at.isoformat(),
            "number": str(attempt.number),
            "status": str(attempt.status or "no answer"),
            "took": "" if attempt.duration_ms is None else span(attempt.duration_ms / 1000),
            "response": attempt.response,
            "message": attempt.sns_message_id,
        },
        marks={"status": "ok" if is_good else "failed"},
    )
