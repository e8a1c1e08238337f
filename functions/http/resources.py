"""Look-ups of what a request's path names: what is not the caller's own is a 404."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote

from functions.domain.order import Order
from functions.domain.resource_id import is_resource_id
from functions.domain.webhook import Webhook
from functions.http.problem import Problem
from functions.http.request import Request


def owned_order(request: Request, find: Callable[[str], Order | None]) -> Order:
    """Return the caller's order that the path names; another client's is a 404 like one that never was."""
    # Request IDs may end in "=", and whether a path's parameters arrive decoded is not documented; no ID
    # holds a "%", so decoding again does no harm.
    request_id = unquote(request.path_parameter("request_id"))
    order = find(request_id) if is_resource_id(request_id) else None
    if order is None or order.client_id != request.client_id:
        raise Problem(
            HTTPStatus.NOT_FOUND, "Order not found. A new order can be read within moments of its 202."
        )
    return order


def owned_webhook(request: Request, find: Callable[[str, str], Webhook | None]) -> Webhook:
    """Return the caller's webhook that the path names; another client's is a 404 like one that never was."""
    webhook_id = request.path_parameter("webhook_id")
    webhook = find(request.client_id, webhook_id) if is_resource_id(webhook_id) else None
    if webhook is None:
        raise Problem(HTTPStatus.NOT_FOUND, "Webhook not found.")
    return webhook
