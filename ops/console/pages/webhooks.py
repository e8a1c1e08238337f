"""The table of webhooks."""

from __future__ import annotations

from nicegui import ui

from ops.console.elements import Column, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import status_mark, webhook_link
from ops.console.stage import Stage
from ops.tables import KnownWebhook, all_webhooks

_COLUMNS = (
    Column(key="url", label="Calls"),
    Column(key="status", label="Status", kind="status"),
    Column(key="client", label="Client"),
    Column(key="types", label="Event types"),
    Column(key="created", label="Registered", kind="date"),
    Column(key="webhook", label="Webhook ID", kind="code"),
)


def build_webhooks(stage: Stage) -> None:
    """Build the table."""
    with frame(stage, "/webhooks", "Webhooks"):
        with ui.element("section").classes("card"):
            empty = "No webhook is registered. A client registers one with POST /webhooks."
            table = Rows("Webhooks", _COLUMNS, empty=empty)

        def show(webhooks: list[KnownWebhook]) -> None:
            table.set_rows([_row(each) for each in sorted(webhooks, key=_rank)])

        Live(stage, all_webhooks, show)


def _rank(webhook: KnownWebhook) -> tuple[int, str, str]:
    order = {"failing": 0, "pending_confirmation": 1}
    return order.get(webhook.status, 2), webhook.client_id, webhook.shown_url


def _row(webhook: KnownWebhook) -> Row:
    return Row(
        key=webhook.webhook_id,
        cells={
            "url": webhook.shown_url,
            "status": webhook.status.replace("_", " "),
            "client": webhook.client_id,
            "types": ", ".join(webhook.event_types),
            "created": webhook.created_at or "",
            "webhook": webhook.webhook_id,
        },
        links={"webhook": webhook_link(webhook.webhook_id), "url": webhook_link(webhook.webhook_id)},
        marks={"status": status_mark(webhook.status)},
    )
