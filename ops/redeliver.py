"""`redeliver`: publish an order's event again."""

from __future__ import annotations

from argparse import Namespace

from ops.as_client import call_as_client
from ops.errors import NothingFound, UsageError
from ops.orders.search import find
from ops.report import Report
from ops.tables import deliveries_of, find_order
from ops.target import Target
from ops.trace.events import REPEAT
from ops.trace.reading import check_request_id

_ROUTE = "POST /orders/{request_id}/redeliver"


def redeliver(target: Target, options: Namespace) -> Report:
    """Publish the event of an order again, for one webhook or for all."""
    return redeliver_order(target, _request_id(target, options.request_id), options.webhook)


def _request_id(target: Target, text: str) -> str:
    """Return the request ID of the one order that a request ID, an event ID or a message ID means."""
    if text.endswith("="):
        return text
    found = find(target, text)
    if len(found) > 1:
        raise UsageError(f"{len(found)} orders have {text}: name one by its request ID.")
    if found:
        return found[0].request_id
    event = deliveries_of(target).find_event(text)
    if event is not None:
        raise NothingFound(
            f"{text} is a {event.event_type}, which is sent once: only the events of orders are redelivered."
        )
    return text


def redeliver_order(target: Target, request_id: str, webhook_id: str | None) -> Report:
    """Invoke the function behind the API's route as the order's client, to publish the order's event."""
    check_request_id(request_id)
    order = find_order(target, request_id)
    if order is None:
        raise NothingFound(f"{target.name} has no order {request_id}.")
    body = call_as_client(
        target,
        REPEAT,
        _ROUTE,
        str(order["client_id"]),
        {"request_id": request_id},
        {"webhook_id": webhook_id} if webhook_id else {},
    )
    whom = body.get("webhook_id") or "all webhooks of the client"
    return Report(
        document=body,
        views=[f"{body['event_type']} is published again for {whom}: event {body['event_id']}."],
    )
