"""`POST /orders/{request_id}/redeliver`: a client asks for an order's event again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.event_topics import EventTopics
from functions.adapters.orders_table import OrdersTable
from functions.adapters.recipients import Recipients, RegisteredWebhook
from functions.domain.deliveries.requested import Repeater
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import Recipient
from functions.domain.event import AUDIENCE_ALL, order_event
from functions.domain.instant import now
from functions.domain.log_record import LogField
from functions.http.bodies import RedeliverRequest, RepeatedEvent
from functions.http.caller import CallerEnvironment
from functions.http.problem import FieldError, Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_order
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    orders_table_name: str
    webhooks_table_name: str
    deliveries_table_name: str
    topic_arn: str
    redelivery_delays_seconds: tuple[int, ...]
    longest_delivery_seconds: int


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Publish an order's event once more, under the same ID."""
    wanted = request.read(RedeliverRequest) if request.body() else RedeliverRequest()
    order = owned_order(request, OrdersTable(aws.dynamodb(), environment.orders_table_name).find)
    log_fields = request.log_fields
    log_fields |= {LogField.ORDER_REQUEST_ID: order.request_id, LogField.MESSAGE_ID: order.message_id}
    if order.status == "pending":
        raise Problem(HTTPStatus.CONFLICT, "The order has no outcome yet: its event is sent when it has one.")
    event = order_event(order.document())
    webhooks = Recipients(aws.dynamodb(), environment.webhooks_table_name, environment.topic_arn)
    of_client = webhooks.of_client(request.client_id)
    addressed = [each.recipient for each in of_client if event.type in each.event_types]
    chosen = addressed if wanted.webhook_id is None else [_chosen(of_client, wanted.webhook_id)]
    sns_message_ids = _repeater(environment).repeat(event, chosen, addressed=addressed)
    log_fields |= {
        LogField.EVENT_ID: event.id,
        LogField.EVENT_TYPE: event.type,
        LogField.AUDIENCE: wanted.webhook_id or AUDIENCE_ALL,
        LogField.WEBHOOKS: len(sns_message_ids),
        LogField.SNS_MESSAGE_ID: sns_message_ids[0] if sns_message_ids else None,
    }
    repeated = {"event_id": event.id, "event_type": event.type, "webhook_id": wanted.webhook_id}
    return reply(HTTPStatus.ACCEPTED, RepeatedEvent.model_validate(repeated))


def _chosen(of_client: Sequence[RegisteredWebhook], webhook_id: str) -> Recipient:
    """Return the webhook that was asked for.

    One that is not the client's is a wrong field, since the path it is posted to exists.
    """
    for each in of_client:
        if each.recipient.webhook_id == webhook_id:
            return each.recipient
    raise Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The body is not valid; see errors.",
        errors=[FieldError("webhook_id", "must be the ID of one of your webhooks")],
    )


def _repeater(environment: Environment) -> Repeater:
    return Repeater(
        deliveries=DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name),
        topics=EventTopics(aws.sns()),
        clock=now,
        new_token=lambda: uuid.uuid4().hex,
        timing=Timing(
            delays_seconds=environment.redelivery_delays_seconds,
            longest_delivery_seconds=environment.longest_delivery_seconds,
        ),
    )
