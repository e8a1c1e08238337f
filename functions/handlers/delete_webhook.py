"""`DELETE /webhooks/{webhook_id}`: a client ends a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.registration import deregister
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.changes import wake_webhook
from functions.domain.instant import now
from functions.domain.log_record import LogField
from functions.domain.webhook import recipient_of
from functions.http.caller import CallerEnvironment
from functions.http.problem import Problem
from functions.http.replies import Reply, no_content
from functions.http.request import Request
from functions.http.resources import owned_webhook
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    webhooks_table_name: str
    deliveries_table_name: str
    topic_arn: str
    undelivered_queue_arn: str


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Delete a webhook, confirmed or not; from now on nothing is published or redelivered to it."""
    table = WebhooksTable(aws.dynamodb(), environment.webhooks_table_name)
    webhook = owned_webhook(request, table.find)
    request.log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
    if webhook.managed:
        raise Problem(HTTPStatus.CONFLICT, "The operator manages this webhook: ask them to delete it.")
    subscriptions = Subscriptions(aws.sns(), environment.topic_arn, environment.undelivered_queue_arn)
    deregister(webhook, table, subscriptions)
    # What is still owed to it ends at the next run of redeliver.
    deliveries = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    state = deliveries.find_state(webhook.webhook_id)
    if state is not None:
        wake_webhook(deliveries, recipient_of(webhook, environment.topic_arn), state, now())
    return no_content()
