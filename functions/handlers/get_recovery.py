"""`GET /webhooks/{webhook_id}/recover/{job_id}`: how far a recovery has come."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.recovery_view import recovery_view
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
    """Show a recovery of the client's webhook."""
    webhook = owned_webhook(request, WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find)
    schedule = DeliveriesSchedule(aws.dynamodb(), environment.deliveries_table_name)
    job_id = request.path_parameter("job_id")
    job = schedule.find_job(webhook.webhook_id, job_id) if is_resource_id(job_id) else None
    if job is None:
        raise Problem(HTTPStatus.NOT_FOUND, "Recovery not found.")
    return reply(HTTPStatus.OK, recovery_view(job))
