"""`GET /webhooks/{webhook_id}/deliveries/{event_id}`: one event at a webhook, with its document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_pages import DeliveryPages
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import Row
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.delivery_view import delivery_detail
from functions.domain.resource_id import is_resource_id
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


@api_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(request: Request, environment: Environment) -> Reply:
    """Show one delivery with every attempt and the event."""
    webhook = owned_webhook(request, WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find)
    table = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    row, event = _find(table, webhook.webhook_id, request.path_parameter("event_id"))
    (attempts,) = DeliveryPages(aws.dynamodb(), environment.deliveries_table_name).attempts_of([row])
    return reply(HTTPStatus.OK, delivery_detail(row, attempts, json.loads(event.document)))


def _find(table: DeliveriesTable, webhook_id: str, event_id: str) -> tuple[Row, StoredEvent]:
    """Return a row and its event: an event outlasts its rows, and has the time that is in their keys."""
    event = table.find_event(event_id) if is_resource_id(event_id) else None
    row = table.find_row(webhook_id, f"{event.event_time}#{event_id}") if event is not None else None
    if event is None or row is None:
        raise Problem(HTTPStatus.NOT_FOUND, "Delivery not found.")
    return row, event
