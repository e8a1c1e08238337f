"""`POST /orders`: the only synchronous step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters import aws
from functions.adapters.idempotency_table import IdempotencyTable
from functions.adapters.queues import Queue
from functions.domain.execution import OrderMessage
from functions.domain.idempotency import IdempotencyRecord, fingerprint, record_key
from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField
from functions.domain.order_request import OrderRequest
from functions.http.caller import CallerEnvironment
from functions.http.idempotency_key import idempotency_key_of
from functions.http.problem import Problem
from functions.http.replies import Reply, reply, unavailable
from functions.http.request import Request
from functions.http.small_bodies import AcceptedOrder
from functions.runtime.api_function import api_function
from functions.runtime.metrics import count


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101 - the fields say it; so in every handler
    orders_queue_url: str
    idempotency_table_name: str
    idempotency_key_ttl_hours: int


@api_function(Environment, prepare=lambda _: (aws.sqs(), aws.dynamodb()))
def handle(request: Request, environment: Environment) -> Reply:
    """Validate an order, make it idempotent and put it on the queue; answer 202 once the queue has it."""
    order = request.read(OrderRequest)
    key = idempotency_key_of(request)
    received_at = now()
    message = OrderMessage(
        request_id=request.request_id,
        client_id=request.client_id,
        received_at=timestamp(received_at),
        order=order.document(),
    )
    queue = Queue(aws.sqs(), environment.orders_queue_url)
    try:
        if key is None:
            message_id: str | None = _send(request, message, queue)
        else:
            message, message_id = _send_once(request, message, key, queue, environment, received_at)
    except (BotoCoreError, ClientError) as error:
        request.log_fields[LogField.CAUSE] = f"{type(error).__name__}: {error}"
        raise unavailable(
            "The order was not accepted: post it again, with the same Idempotency-Key."
        ) from error
    if message_id is not None:
        count("OrdersAccepted")
    return _accepted(message.request_id, order)


def _send_once(
    request: Request,
    message: OrderMessage,
    key: str,
    queue: Queue,
    environment: Environment,
    received_at: datetime,
) -> tuple[OrderMessage, str | None]:
    """Send the message under the request ID that came first with the key; return it as sent, and its ID.

    The ID is None where the queue has had the message before. The record is written before the message is
    sent: after a crash in between, the client's retry sends it.
    """
    table = IdempotencyTable(aws.dynamodb(), environment.idempotency_table_name)
    stored_key = record_key(message.client_id, key)
    mine = IdempotencyRecord(
        request_id=message.request_id,
        fingerprint=fingerprint(message.order),
        received_at=message.received_at,
        enqueued=False,
    )
    expires_at = received_at + timedelta(hours=environment.idempotency_key_ttl_hours)
    first = table.claim(stored_key, mine, now=received_at, expires_at=int(expires_at.timestamp()))
    if first.fingerprint != mine.fingerprint:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "Idempotency-Key was already used with a different request body.",
        )
    request.log_fields[LogField.FIRST_REQUEST_ID] = first.request_id
    message = replace(message, request_id=first.request_id, received_at=first.received_at)
    if first.enqueued:
        return message, None
    message_id = _send(request, message, queue)
    table.mark_enqueued(stored_key)
    return message, message_id


def _send(request: Request, message: OrderMessage, queue: Queue) -> str:
    message_id = request.log_fields[LogField.MESSAGE_ID] = queue.send(message.text(), group=message.group)
    return message_id


def _accepted(request_id: str, order: OrderRequest) -> Reply:
    # API Gateway's request IDs may hold characters that a path may not.
    location = f"/orders/{quote(request_id, safe='')}"
    body = AcceptedOrder(request_id=request_id, reference=order.reference)
    return reply(HTTPStatus.ACCEPTED, body, {"location": location})
