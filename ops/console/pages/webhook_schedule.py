"""What is published to a webhook next, and its recoveries."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.row import Row as Delivery
from functions.domain.instant import timestamp
from ops.console.elements import Column, Row, Rows
from ops.console.pages.delivery_row import delivery_row
from ops.console.pages.parts import card
from ops.console.webhook_reading import MOST_UPCOMING, WebhookReading
from ops.delivery_text import following_a_failure

_UPCOMING = (
    Column(key="due", label="Next", kind="until"),
    Column(key="state", label="State", kind="status"),
    Column(key="why", label="Why it waits"),
    Column(key="type", label="Event", kind="name"),
    Column(key="order", label="Order", kind="code"),
    Column(key="then", label="If it fails"),
)
_RECOVERIES = (
    Column(key="begun", label="Started", kind="date"),
    Column(key="since", label="Events since", kind="date"),
    Column(key="status", label="Status", kind="status"),
    Column(key="sent", label="Sent again", kind="number"),
    Column(key="skipped", label="Skipped", kind="number"),
)


class Schedule:
    """Two sections of the page; that of the recoveries is hidden where there was none."""

    def __init__(self) -> None:
        with card("Upcoming"):
            self._upcoming = Rows("Upcoming publications", _UPCOMING, empty="Nothing waits.")
            self._more = ui.label(f"The {MOST_UPCOMING} oldest events.").classes("soft")
        with ui.element("div") as self._recovered, card("Recoveries"):
            self._recoveries = Rows("Recoveries", _RECOVERIES, empty="")

    def show(self, reading: WebhookReading) -> None:
        """Show what waits, and how far recoveries are."""
        self._upcoming.set_rows(_upcoming(reading))
        self._more.set_visibility(len(reading.upcoming) == MOST_UPCOMING)
        self._recoveries.set_rows([_recovery(each) for each in reading.recoveries])
        self._recovered.set_visibility(bool(reading.recoveries))


def _upcoming(reading: WebhookReading) -> Sequence[Row]:
    rows = sorted(
        reading.upcoming, key=lambda each: (timestamp(each.due_at) if each.due_at else "", each.key)
    )
    return [delivery_row(each, reading.webhook.status, then=_then(each, reading)) for each in rows]


def _then(row: Delivery, reading: WebhookReading) -> str:
    return following_a_failure(row, reading.delays_seconds) if reading.delays_seconds else ""


def _recovery(job: RecoverJob) -> Row:
    return Row(
        key=job.job_id,
        cells={
            "begun": timestamp(job.created_at),
            "since": timestamp(job.since),
            "status": job.status,
            "sent": str(job.sent),
            "skipped": str(job.skipped),
        },
        marks={"status": "ok" if job.status == "done" else "waiting"},
    )
