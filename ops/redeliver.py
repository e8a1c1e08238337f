"""`redeliver`: publish an order's event again."""

from __future__ import annotations

from argparse import Namespace

from ops.as_client import call_as_client
from ops.errors import ATTENTION, NothingFound
from ops.problems import explain_problem
from ops.report import Report
from ops.tables import find_order
from ops.target import Target
from ops.trace.events import REPEAT
from ops.trace.reading import check_request_id

_ACCEPTED = 202
_ROUTE = "POST /orders/{request_id}/redeliver"


def redeliver(target: Target, options: Namespace) -> Report:
    """Publish the event of an order again, for one webhook or for all."""
    return redeliver_order(target, options.request_id, options.webhook)


def redeliver_order(target: Target, request_id: str, webhook_id: str | None) -> Report:
    """Invoke the function behind the API's route as the order's client, to publish the order's event."""
    check_request_id(request_id)
    order = find_order(target, request_id)
    if order is None:
        raise NothingFound(f"{target.name} has no order {request_id}.")
    answer = call_as_client(
        target,
        REPEAT,
        _ROUTE,
        str(order["client_id"]),
        {"request_id": request_id},
        {"webhook_id": webhook_id} if webhook_id else {},
    )
    body = answer.body
    if answer.status != _ACCEPTED:
        return Report(document=body, views=[explain_problem(body)], code=ATTENTION)
    whom = body.get("webhook_id") or "all webhooks of the client"
    return Report(
        document=body,
        views=[f"{body['event_type']} is published again for {whom}: event {body['event_id']}."],
    )
