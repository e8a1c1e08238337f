"""`POST /webhooks`: a client registers a URL to be called."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.resolver import resolve
from functions.adapters.subscriptions import EndpointRefused, Subscriptions, TopicFull
from functions.adapters.webhooks_table import TooManyWebhooks, WebhooksTable
from functions.domain.instant import now, timestamp
from functions.domain.problem import FieldError, Problem
from functions.domain.request_body import read_body
from functions.domain.webhook import Webhook, WebhookRequest, webhook_id_of
from functions.domain.webhook_url import RefusedUrlError, canonical_url, check_webhook_url
from functions.environment import CreateWebhookEnvironment
from functions.handlers.http import Reply, answer, body_of, caller_of, reply
from functions.handlers.webhook_requests import status_of


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Register a webhook and have SNS ask it for its confirmation; the same URL again is the same webhook."""
    return answer("create_webhook", event, context, _create)


def _create(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(CreateWebhookEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    wanted = read_body(WebhookRequest, request.headers.get("content-type"), body_of(request))
    _check_url(wanted.url, allow_local=settings.allow_local_webhooks)
    webhook = Webhook(
        client_id=client_id,
        webhook_id=webhook_id_of(client_id, wanted.url),
        created_at=timestamp(now()),
        **{**dict(wanted), "url": canonical_url(wanted.url)},
    )
    line["webhook_id"] = webhook.webhook_id
    table = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name)
    existing = _store(table, webhook, settings.max_webhooks_per_client)
    webhook = existing or webhook
    subscriptions = Subscriptions(aws.sns())
    status = status_of(webhook, subscriptions)
    if status == "pending_confirmation":
        # The record comes first: a crash in between heals when the client registers the URL again.
        try:
            arn = _subscribe(subscriptions, webhook, settings)
        except Problem:
            if existing is None:
                table.delete(webhook)
            raise
        table.set_subscription(webhook, arn)
    location = {"location": f"/webhooks/{webhook.webhook_id}"}
    return reply(HTTPStatus.OK if existing else HTTPStatus.CREATED, webhook.owner_view(status), location)


def _check_url(url: str, *, allow_local: bool) -> None:
    try:
        check_webhook_url(url, resolve, allow_local=allow_local)
    except RefusedUrlError as error:
        raise _uncallable(str(error)) from error


def _uncallable(reason: str) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The webhook cannot be called: see errors.",
        errors=[FieldError("url", reason)],
    )


def _subscribe(subscriptions: Subscriptions, webhook: Webhook, settings: CreateWebhookEnvironment) -> str:
    try:
        return subscriptions.subscribe(webhook, settings.topic_arn, settings.undelivered_queue_arn)
    except EndpointRefused as error:
        raise _uncallable("SNS, which calls the webhooks, does not take this URL") from error
    except TopicFull as error:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "No more webhooks can be registered until an operator has made room.",
        ) from error


def _store(table: WebhooksTable, webhook: Webhook, max_per_client: int) -> Webhook | None:
    try:
        existing = table.create(webhook, max_per_client=max_per_client)
    except TooManyWebhooks as error:
        raise Problem(
            HTTPStatus.CONFLICT,
            f"You have {max_per_client} webhooks, the most there may be: delete one first.",
        ) from error
    if existing is not None and set(existing.event_types) != set(webhook.event_types):
        raise Problem(
            HTTPStatus.CONFLICT, "This URL is registered for other event types: delete that webhook first."
        )
    return existing
