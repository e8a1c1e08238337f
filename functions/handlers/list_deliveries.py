"""`GET /webhooks/{webhook_id}/deliveries`: what became of each event at a webhook, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.delivery_pages import DeliveryPages
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.delivery_view import DELIVERY_STATUSES, delivery_view
from functions.http.caller import CallerEnvironment
from functions.http.delivery_lists import DeliveryList
from functions.http.paging import read_page
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
    """Show one page of the deliveries to the client's webhook."""
    wanted = read_page(request, {"status": DELIVERY_STATUSES})
    webhook = owned_webhook(request, WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find)
    deliveries = DeliveryPages(aws.dynamodb(), environment.deliveries_table_name)
    page = deliveries.page_of_webhook(
        webhook.webhook_id,
        first=wanted.first,
        last=wanted.last,
        status=wanted.filters.get("status"),
        after=wanted.position,
        limit=wanted.limit,
    )
    attempts = deliveries.attempts_of(page.entries)
    views = [delivery_view(row, tried) for row, tried in zip(page.entries, attempts, strict=True)]
    return reply(HTTPStatus.OK, DeliveryList(deliveries=views, next_cursor=wanted.next_cursor(page)))
