"""`redeliver`: restart dead-lettered events, or publish an order's event again."""

from __future__ import annotations

from argparse import Namespace

from ops.as_client import call_as_client
from ops.dead_webhooks import DeadEvent, DeadWebhooks
from ops.errors import ATTENTION, NothingFound, UsageError
from ops.report import Report
from ops.tables import find_order
from ops.target import Target
from ops.trace.events import REPEAT
from ops.trace.reading import check_request_id

_ACCEPTED = 202
_ROUTE = "POST /orders/{request_id}/redeliver"


def redeliver(target: Target, options: Namespace) -> Report:
    """Redeliver what the options choose."""
    if options.request_id is not None:
        return redeliver_order(target, options.request_id, options.webhook)
    if options.webhook is not None:
        raise UsageError("--webhook needs a REQUEST_ID.")
    if not (options.client or options.event or options.all):
        raise UsageError("Choose events: a REQUEST_ID, --client, --event or --all.")
    dead = DeadWebhooks.of(target)
    replayed = []
    # All of them first: one that is shown again too early would be received twice.
    for event in list(dead.events()):
        if _is_wanted(event, options):
            dead.replay(event)
            replayed.append(event)
        else:
            dead.show_again(event)
    if not replayed:
        raise NothingFound("No such event is on dead-webhooks.")
    keys = ("client_id", "event_type", "event_id", "request_id")
    subject = "1 event is" if len(replayed) == 1 else f"{len(replayed)} events are"
    return Report(
        document={"redelivered": [{key: getattr(event, key) for key in keys} for event in replayed]},
        views=[f"{subject} published now, each with a new redelivery schedule."],
    )


def _is_wanted(event: DeadEvent, options: Namespace) -> bool:
    by_client = options.client is None or event.client_id == options.client
    by_event = options.event is None or event.event_id == options.event
    return by_client and by_event


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
        return Report(document=body, views=[str(body.get("detail"))], code=ATTENTION)
    whom = body.get("webhook_id") or "all webhooks of the client"
    return Report(
        document=body,
        views=[f"{body['event_type']} is published again for {whom}: event {body['event_id']}."],
    )
