"""What is known of a webhook, as a list of facts."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui

from functions.adapters.topic_usage import POLICIES_A_TOPIC, Place
from functions.domain.deliveries.webhook_state import WebhookState
from ops.console.elements import Moment
from ops.console.marks import status_mark
from ops.console.order_filters import Filters
from ops.console.pages.parts import fact
from ops.console.webhook_reading import WebhookReading
from ops.instants import read_instant
from ops.tables import KnownWebhook


def webhook_facts(reading: WebhookReading) -> None:
    """Add the facts."""
    with ui.element("dl").classes("facts"):
        _registered(reading.webhook, reading.why)
        _topic(reading.topic)
        if reading.webhook.state is not None:
            _health(reading.webhook.state)


def _registered(webhook: KnownWebhook, why: str) -> None:
    with fact("Status"):
        status = webhook.status.replace("_", " ")
        ui.label(status).classes(f"badge {status_mark(webhook.status)}").style("display: inline")
    with fact("Calls", is_wide=True):
        ui.label(webhook.shown_url)
    if why:
        with fact("Why", is_wide=True):
            ui.label(why)
    with fact("Client"):
        ui.link(webhook.client_id, Filters(client=webhook.client_id).url())
    with fact("Event types"):
        ui.label(", ".join(webhook.event_types))
    if webhook.description:
        with fact("Description"):
            ui.label(webhook.description)
    if webhook.managed:
        with fact("Changed by"):
            ui.label("the stack's settings: nobody can pause it here")
    if webhook.created_at:
        with fact("Registered"):
            Moment(read_instant(webhook.created_at))


def _topic(topic: Place) -> None:
    with fact("Topic"):
        name = topic.topic_arn.rpartition(":")[2]
        ui.label(f"{name}, {topic.subscriptions} of {POLICIES_A_TOPIC} subscriptions")


def _health(state: WebhookState) -> None:
    _since("Last success", state.last_success_at)
    _since("Failing since", state.failing_since)
    _since("Disabled since", state.disabled_at)
    if state.work_at is not None:
        with fact("Looked at next"):
            Moment(state.work_at, "until")


def _since(label: str, instant: datetime | None) -> None:
    if instant is not None:
        with fact(label):
            Moment(instant)
