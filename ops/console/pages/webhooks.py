"""The tables of webhooks and topics."""

from __future__ import annotations

from nicegui import ui

from functions.adapters.topic_usage import POLICIES_A_TOPIC, Place
from functions.domain.instant import timestamp
from ops.console.elements import Column, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import status_mark, webhook_link
from ops.console.pages.parts import card
from ops.console.stage import Stage
from ops.console.webhooks_reading import WebhooksReading, WebhookSummary, read_webhooks

_COLUMNS = (
    Column(key="url", label="Calls", kind="url"),
    Column(key="status", label="Status", kind="status"),
    Column(key="client", label="Client", kind="name"),
    Column(key="success", label="Delivered in 24 hours", kind="name"),
    Column(key="open", label="Open of 24 hours", kind="number"),
    Column(key="last", label="Last success", kind="since"),
    Column(key="since", label="Since", kind="since"),
    Column(key="why", label="Why"),
    Column(key="topic", label="Topic"),
    Column(key="webhook", label="Webhook ID", kind="code"),
)
_TOPICS = (
    Column(key="topic", label="Topic", kind="name"),
    Column(key="subscriptions", label="Subscriptions", kind="number"),
    Column(key="free", label="Free", kind="number"),
    Column(key="used", label="Used", kind="status"),
)
# The alarm `topic-capacity` has the same threshold.
_NEARLY_FULL_PERCENT = 80
_FULL = (
    f"A topic takes {POLICIES_A_TOPIC} subscriptions, unless AWS has raised the account's quota. Raise the "
    "setting webhooks.topics before all are full. SNS keeps deleted subscriptions for 48 hours."
)


def build_webhooks(stage: Stage) -> None:
    """Build the tables."""
    with frame(stage, "/webhooks", "Webhooks"):
        with ui.element("section").classes("card"):
            empty = "No webhook is registered. A client registers one with POST /webhooks."
            table = Rows("Webhooks, those that need attention first", _COLUMNS, empty=empty)
        with card("Topics"):
            topics = Rows("Topics, with their capacity", _TOPICS, empty="")
            ui.label(_FULL).classes("soft")

        def show(reading: WebhooksReading) -> None:
            table.set_rows([_row(each) for each in reading.webhooks])
            topics.set_rows([_topic(each) for each in reading.topics])

        # Its sources are many: it is read less often.
        Live(stage, read_webhooks, show, lambda _: True)


def _row(summary: WebhookSummary) -> Row:
    webhook, state = summary.health.webhook, summary.health.webhook.state
    link = webhook_link(webhook.webhook_id)
    return Row(
        key=webhook.webhook_id,
        cells={
            "url": webhook.shown_url,
            "status": webhook.status.replace("_", " "),
            "client": webhook.client_id,
            "success": summary.success,
            "open": summary.open,
            "last": timestamp(state.last_success_at) if state and state.last_success_at else "",
            "since": timestamp(summary.health.since) if summary.health.since else "",
            "why": summary.health.reason,
            "topic": (webhook.topic_arn or "").rpartition(":")[2],
            "webhook": webhook.webhook_id,
        },
        links={"webhook": link, "url": link},
        marks={"status": status_mark(webhook.status)},
    )


def _topic(place: Place) -> Row:
    name = place.topic_arn.rpartition(":")[2]
    return Row(
        key=name,
        cells={
            "topic": name,
            "subscriptions": str(place.subscriptions),
            "free": str(max(0, POLICIES_A_TOPIC - place.subscriptions)),
            "used": f"{place.used_percent} %",
        },
        marks={"used": "retry" if place.used_percent >= _NEARLY_FULL_PERCENT else "ok"},
    )
