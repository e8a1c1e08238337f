"""`POST /webhooks/{webhook_id}/recover`: a client asks for everything that a webhook has missed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.changes import change_state
from functions.domain.deliveries.job import RecoverJob
from functions.domain.deliveries.webhook_state import WebhookState, wake
from functions.domain.instant import now
from functions.domain.log_record import LogField
from functions.domain.recovery_view import recovery_view
from functions.domain.webhook import Webhook, recipient_of
from functions.http.bodies import RecoverRequest
from functions.http.caller import CallerEnvironment
from functions.http.problem import FieldError, Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_webhook
from functions.runtime.api_function import api_function

_MOST_RUNNING = 5


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    webhooks_table_name: str
    deliveries_table_name: str
    topic_arn: str


@api_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(request: Request, environment: Environment) -> Reply:
    """Store a recovery, which redeliver then carries out, oldest event first."""
    wanted = request.read(RecoverRequest)
    webhook = owned_webhook(request, WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find)
    request.log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
    job = _job(webhook, wanted, now())
    DeliveriesSchedule(aws.dynamodb(), environment.deliveries_table_name).save_job(job)
    _start(DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name), webhook, job, environment)
    location = f"/webhooks/{webhook.webhook_id}/recover/{job.job_id}"
    return reply(HTTPStatus.ACCEPTED, recovery_view(job), {"location": location})


def _job(webhook: Webhook, wanted: RecoverRequest, instant: datetime) -> RecoverJob:
    until = wanted.until or instant
    if wanted.since >= until:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The body is not valid; see errors.",
            errors=[FieldError("since", "must be before until, which is now where it is left out")],
        )
    return RecoverJob(
        webhook_id=webhook.webhook_id,
        job_id=uuid.uuid4().hex,
        registration=webhook.registration,
        since=wanted.since,
        until=until,
        created_at=instant,
    )


def _start(table: DeliveriesTable, webhook: Webhook, job: RecoverJob, environment: Environment) -> None:
    def change(state: WebhookState) -> WebhookState:
        if len(state.jobs) >= _MOST_RUNNING:
            raise Problem(
                HTTPStatus.CONFLICT, f"{_MOST_RUNNING} recoveries of this webhook are running: wait for one."
            )
        return wake(replace(state, jobs=(*state.jobs, job.job_id)), job.created_at, job.created_at)

    known = table.find_state(webhook.webhook_id)
    change_state(table, recipient_of(webhook, environment.topic_arn), known, change, job.created_at)
