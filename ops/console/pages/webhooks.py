"""The table of webhooks."""

from __future__ import annotations

from nicegui import ui

from functions.domain.instant import timestamp
from ops.console.elements import Column, Row, Rows
from ops.console.frame import frame
from ops.console.live import Live
from ops.console.marks import status_mark, webhook_link
from ops.console.stage import Stage
from ops.console.webhooks_reading import WebhookSummary, read_webhooks

_COLUMNS = (
    Column(key="url", label="Calls"),
    Column(key="status", label="Status", kind="status"),
    Column(key="client", label="Client", kind="name"),
    Column(key="success", label="Delivered in 24 hours", kind="name"),
    Column(key="open", label="Open", kind="number"),
    Column(key="last", label="Last success", kind="since"),
    Column(key="since", label="Failing since", kind="since"),
    Column(key="why", label="Why"),
    Column(key="topic", label="Topic"),
    Column(key="webhook", label="Webhook ID", kind="code"),
)


def build_webhooks(stage: Stage) -> None:
    """Build the table."""
    with frame(stage, "/webhooks", "Webhooks"):
        with ui.element("section").classes("card"):
            empty = "No webhook is registered. A client registers one with POST /webhooks."
            table = Rows("Webhooks, those that need attention first", _COLUMNS, empty=empty)

        def show(webhooks: list[WebhookSummary]) -> None:
            table.set_rows([_row(each) for each in webhooks])

        # Its sources are many: it is read less often.
        Live(stage, read_webhooks, show, lambda _: True)


def _row(summary: WebhookSummary) -> Row:
    webhook, state = summary.webhook, summary.state
    link = webhook_link(webhook.webhook_id)
    return Row(
        key=webhook.webhook_id,
        cells={
            "url": webhook.shown_url,
            "status": webhook.status.replace("_", " "),
            "client": webhook.client_id,
            "success": summary.success,
            "open": str(summary.open or ""),
            "last": timestamp(state.last_success_at) if state and state.last_success_at else "",
            "since": timestamp(state.failing_since) if state and state.failing_since else "",
            "why": _why(summary),
            "topic": _topic(webhook.subscription_arn),
            "webhook": webhook.webhook_id,
        },
        links={"webhook": link, "url": link},
        marks={"status": status_mark(webhook.status)},
    )


def _why(summary: WebhookSummary) -> str:
    if summary.webhook.status == "pending_confirmation":
        return "its receiver has not opened the SubscribeURL"
    state = summary.state
    if state is None or state.last_failure is None or not (state.failing_since or state.disabled_at):
        return ""
    return f"{state.last_failure.status or 'no answer'} {state.last_failure.response[:80]}"


def _topic(subscription_arn: str | None) -> str:
    return subscription_arn.split(":")[5] if subscription_arn else ""
