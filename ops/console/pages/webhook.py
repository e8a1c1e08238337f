"""One webhook: its health, what is published next, its deliveries with their attempts, and its buttons."""

from __future__ import annotations

from nicegui import ui

from ops.console.frame import frame
from ops.console.live import Live
from ops.console.pages.webhook_actions import Actions
from ops.console.pages.webhook_deliveries import Deliveries
from ops.console.pages.webhook_facts import webhook_facts
from ops.console.pages.webhook_schedule import Schedule
from ops.console.stage import Stage
from ops.console.webhook_reading import WebhookFilters, WebhookReading, read_webhook


def build_webhook(stage: Stage, filters: WebhookFilters) -> None:
    """Build the page of one webhook."""
    with frame(stage, "/webhooks", f"Webhook {filters.id}"):
        actions = Actions(stage)
        facts = ui.element("div")
        schedule = Schedule()
        deliveries = Deliveries(stage, filters)

        def show(reading: WebhookReading) -> None:
            actions.show(reading)
            facts.clear()
            with facts:
                webhook_facts(reading)
            schedule.show(reading)
            deliveries.show(reading)

        Live(stage, lambda target: read_webhook(target, filters), show)
