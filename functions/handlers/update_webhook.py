"""`PATCH /webhooks/{webhook_id}`: a client changes a webhook, pauses it, or resumes it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.changes import change_state
from functions.domain.deliveries.health import activate
from functions.domain.deliveries.webhook_state import WebhookState, wake
from functions.domain.instant import now
from functions.domain.log_record import LogField
from functions.domain.webhook import Webhook, recipient_of
from functions.domain.webhook_request import WebhookChanges
from functions.domain.webhook_view import owner_view
from functions.http.caller import CallerEnvironment
from functions.http.problem import Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_webhook
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    webhooks_table_name: str
    deliveries_table_name: str
    topic_arn: str


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Change a webhook at once: its subscription stays as it is."""
    changes = request.read(WebhookChanges)
    table = WebhooksTable(aws.dynamodb(), environment.webhooks_table_name)
    webhook = owned_webhook(request, table.find)
    request.log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
    if webhook.managed:
        raise Problem(HTTPStatus.CONFLICT, "The operator manages this webhook: its settings change it.")
    changed = table.change(webhook, changes)
    if changed is None:
        raise Problem(HTTPStatus.NOT_FOUND, "Webhook not found.")
    deliveries = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    if changes.status is not None:
        _apply_status(deliveries, changed, environment.topic_arn)
    status = Subscriptions(aws.sns(), find_state=deliveries.find_state).status_of(changed)
    return reply(HTTPStatus.OK, owner_view(changed, status, environment.topic_arn))


def _apply_status(deliveries: DeliveriesTable, webhook: Webhook, topic_arn: str) -> None:
    """Have redeliver publish what waits, or stop.

    The record is changed before, so that a repeated request completes what was begun.
    """
    instant = now()

    def change(state: WebhookState) -> WebhookState:
        return activate(state, instant) if webhook.status == "active" else wake(state, instant, instant)

    known = deliveries.find_state(webhook.webhook_id)
    change_state(deliveries, recipient_of(webhook, topic_arn), known, change, instant)
