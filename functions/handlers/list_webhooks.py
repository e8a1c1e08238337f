"""`GET /webhooks`: the client's webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.webhook_view import owner_view
from functions.http.caller import CallerEnvironment
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.webhook_list import WebhookList
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    webhooks_table_name: str
    deliveries_table_name: str
    topic_arn: str


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Show all webhooks of the client, each with its status."""
    table = WebhooksTable(aws.dynamodb(), environment.webhooks_table_name)
    webhooks = table.of_client(request.client_id)
    deliveries = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    states = deliveries.find_states(each.webhook_id for each in webhooks)
    subscriptions = Subscriptions(aws.sns(), find_state=states.get)
    views = [owner_view(each, subscriptions.status_of(each), environment.topic_arn) for each in webhooks]
    return reply(HTTPStatus.OK, WebhookList(webhooks=views))
