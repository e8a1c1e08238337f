"""What the handlers of `/webhooks` have in common."""

from __future__ import annotations

from http import HTTPStatus

from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.instant import now, timestamp
from functions.domain.problem import Problem
from functions.domain.resource_id import is_resource_id
from functions.domain.webhook import Webhook, WebhookStatus


def owned_webhook(table: WebhooksTable, client_id: str, webhook_id: str) -> Webhook:
    """Return a client's webhook; anyone else's is a 404 like one that never was."""
    webhook = table.find(client_id, webhook_id) if is_resource_id(webhook_id) else None
    if webhook is None:
        raise Problem(HTTPStatus.NOT_FOUND, "There is no such webhook of yours.")
    return webhook


def status_of(webhook: Webhook, subscriptions: Subscriptions) -> WebhookStatus:
    """Return a webhook's status as it is at this moment."""
    return webhook.status(pending=subscriptions.is_pending(webhook), now=timestamp(now()))
