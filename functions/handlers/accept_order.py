"""`POST /orders`: the only synchronous step."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from functions import environment
from functions.adapters import aws
from functions.adapters.idempotency_table import IdempotencyTable
from functions.adapters.orders_queue import OrdersQueue
from functions.domain.bodies import AcceptedOrder
from functions.domain.execution import OrderMessage
from functions.domain.idempotency import (
    IDEMPOTENCY_KEY_HEADER,
    IdempotencyRecord,
    check_idempotency_key,
    fingerprint,
    record_key,
)
from functions.domain.instant import now, timestamp
from functions.domain.order import OrderRequest
from functions.domain.problem import Problem
from functions.domain.request_body import read_body
from functions.environment import AcceptOrderEnvironment
from functions.handlers.http import Reply, answer, body_of, caller_of, reply, unavailable
from functions.handlers.invocation import count


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Validate an order, make it idempotent and put it on the queue; answer 202 once the queue has it."""
    return answer("accept_order", event, context, _accept)


def _accept(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(AcceptOrderEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    order = read_body(OrderRequest, request.headers.get("content-type"), body_of(request))
    key = check_idempotency_key(request.headers.get(IDEMPOTENCY_KEY_HEADER))
    received_at = now()
    message = OrderMessage(
        request_id=request.request_context.request_id,
        client_id=client_id,
        received_at=timestamp(received_at),
        order=order,
    )
    queue = OrdersQueue(aws.sqs(), settings.orders_queue_url)
    try:
        if key is None:
            line["message_id"] = queue.send(message)
        else:
            message = _send_once(message, key, queue, settings, received_at, line)
    except (BotoCoreError, ClientError) as error:
        line["cause"] = f"{type(error).__name__}: {error}"
        raise unavailable(
            "The order could not be taken just now: post it again, with the same Idempotency-Key."
        ) from error
    if line["message_id"]:
        count("OrdersAccepted")
    return _accepted(message.request_id, order)


def _send_once(
    message: OrderMessage,
    key: str,
    queue: OrdersQueue,
    settings: AcceptOrderEnvironment,
    received_at: datetime,
    line: dict[str, Any],
) -> OrderMessage:
    """Send the message under the request ID that came first with the key, and return it as sent.

    The record is written before the message is sent: after a crash in between, the client's retry sends it.
    """
    table = IdempotencyTable(aws.dynamodb(), settings.idempotency_table_name)
    stored_key = record_key(message.client_id, key)
    mine = IdempotencyRecord(
        request_id=message.request_id,
        fingerprint=fingerprint(message.order.model_dump()),
        received_at=message.received_at,
        enqueued=False,
    )
    expires_at = received_at + timedelta(hours=settings.idempotency_key_ttl_hours)
    first = table.claim(stored_key, mine, now=received_at, expires_at=int(expires_at.timestamp()))
    if first.fingerprint != mine.fingerprint:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "This Idempotency-Key came before with another order: use a new key for a new order.",
        )
    line["first_request_id"] = first.request_id
    message = message.model_copy(update={"request_id": first.request_id, "received_at": first.received_at})
    if not first.enqueued:
        line["message_id"] = queue.send(message)
        table.mark_enqueued(stored_key)
    return message


def _accepted(request_id: str, order: OrderRequest) -> Reply:
    # API Gateway's request IDs may hold characters that a path may not.
    location = f"/orders/{quote(request_id, safe='')}"
    body = AcceptedOrder(request_id=request_id, reference=order.reference)
    return reply(HTTPStatus.ACCEPTED, body, {"location": location})
