"""One webhook."""

from __future__ import annotations

from ops.console.frame import frame
from ops.console.stage import Stage


def build_webhook(stage: Stage, webhook_id: str) -> None:
    """Build the page of one webhook."""
    with frame(stage, "/webhooks", f"Webhook {webhook_id}"):
        pass
