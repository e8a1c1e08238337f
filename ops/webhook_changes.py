"""Change a webhook on behalf of its client: pause it, resume it, send it a test event."""

from __future__ import annotations

from typing import Literal

from ops.as_client import call_as_client
from ops.tables import KnownWebhook
from ops.target import Target


def set_webhook_status(target: Target, webhook: KnownWebhook, status: Literal["active", "paused"]) -> str:
    """Pause or resume a webhook, and return its status then: one may still wait for its confirmation."""
    answer = call_as_client(
        target,
        "update-webhook",
        "PATCH /webhooks/{webhook_id}",
        webhook.client_id,
        {"webhook_id": webhook.webhook_id},
        {"status": status},
    )
    return str(answer["status"])


def send_test_event(target: Target, webhook: KnownWebhook) -> str:
    """Publish a test event to a webhook alone, and return the event's ID."""
    answer = call_as_client(
        target,
        "send-test-event",
        "POST /webhooks/{webhook_id}/test",
        webhook.client_id,
        {"webhook_id": webhook.webhook_id},
    )
    return str(answer["event_id"])
