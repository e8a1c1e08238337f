"""A client's webhooks as a body."""

from __future__ import annotations

from pydantic import BaseModel

from functions.domain.webhook_view import WebhookView


class WebhookList(BaseModel):
    """All of a client's webhooks."""

    webhooks: list[WebhookView]
