"""`POST /webhooks`: a client registers a URL that its events are sent to."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.registration import register
from functions.adapters.resolver import resolve
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.topic_usage import least_used, topic_arns
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField
from functions.domain.registration_refused import EndpointRefused, RegistrationRefused, WebhookConflict
from functions.domain.webhook_request import WebhookRequest, new_webhook
from functions.domain.webhook_url import RefusedUrlError, check_webhook_url
from functions.domain.webhook_view import owner_view
from functions.http.caller import CallerEnvironment
from functions.http.problem import FieldError, Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.runtime.api_function import api_function
from functions.runtime.metrics import count


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    webhooks_table_name: str
    deliveries_table_name: str
    topic_arn: str
    topic_names: tuple[str, ...]
    undelivered_queue_arn: str
    max_webhooks_per_client: int
    allow_local_webhooks: bool


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Register a webhook and have SNS ask it for its confirmation; the same URL again is the same webhook."""
    wanted = request.read(WebhookRequest)
    try:
        check_webhook_url(wanted.url, resolve, allow_local=environment.allow_local_webhooks)
        place = least_used(aws.sns(), topic_arns(environment.topic_arn, environment.topic_names))
        webhook = new_webhook(
            wanted,
            client_id=request.client_id,
            created_at=timestamp(now()),
            topic_arn=place.topic_arn,
        )
        request.log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
        registration = register(
            webhook,
            WebhooksTable(aws.dynamodb(), environment.webhooks_table_name),
            Subscriptions(
                aws.sns(),
                environment.topic_arn,
                environment.undelivered_queue_arn,
                DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name).find_state,
            ),
            max_per_client=environment.max_webhooks_per_client,
            now=now(),
        )
    except (RefusedUrlError, RegistrationRefused) as error:
        raise _problem(error) from error
    count("WebhookTopicUsedPercent", place.used_percent)
    status = HTTPStatus.CREATED if registration.is_new else HTTPStatus.OK
    location = {"location": f"/webhooks/{webhook.webhook_id}"}
    view = owner_view(registration.webhook, registration.status, environment.topic_arn)
    return reply(status, view, location)


def _problem(error: RefusedUrlError | RegistrationRefused) -> Problem:
    if isinstance(error, RefusedUrlError | EndpointRefused):
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The webhook's URL is refused; see errors.",
            errors=[FieldError("url", str(error))],
        )
    if isinstance(error, WebhookConflict):
        return Problem(HTTPStatus.CONFLICT, str(error))
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
