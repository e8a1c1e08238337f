"""`GET /webhooks/{webhook_id}`: one webhook of the client."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.recipients import Recipients
from functions.adapters.resolver import resolve
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.handshake import explain_handshake, host_problem
from functions.domain.instant import now
from functions.domain.webhook import Webhook, recipient_of
from functions.domain.webhook_view import owner_detail
from functions.http.caller import CallerEnvironment
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
    """Show a webhook with its status and its health."""
    webhooks = WebhooksTable(aws.dynamodb(), environment.webhooks_table_name)
    webhook = owned_webhook(request, webhooks.find)
    states = DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name)
    status = Subscriptions(aws.sns(), find_state=states.find_state).status_of(webhook)
    if webhook.confirmed_at is None and status not in ("pending_confirmation", "unsubscribed"):
        # The client sees a confirmed webhook: its next event is not to wait until redeliver has seen it too.
        recipients = Recipients(aws.dynamodb(), environment.webhooks_table_name, environment.topic_arn)
        recipients.confirm(recipient_of(webhook, environment.topic_arn), now())
    state = states.find_state(webhook.webhook_id)
    is_own = state is not None and state.registration == webhook.registration
    detail = owner_detail(
        webhook,
        status,
        environment.topic_arn,
        state if is_own else None,
        handshake=_handshake(webhook, webhooks) if status == "pending_confirmation" else "",
    )
    return reply(HTTPStatus.OK, detail)


def _handshake(webhook: Webhook, webhooks: WebhooksTable) -> str:
    """Return why nobody has confirmed, as far as that can be known from here."""
    pending = webhooks.pending_of(webhook.client_id).subscriptions.get(webhook.webhook_id)
    return explain_handshake(
        webhook.subscription_arn, pending, now(), problem=host_problem(webhook.url, resolve)
    )
