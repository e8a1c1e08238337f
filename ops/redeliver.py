"""`redeliver`: restart dead-lettered events, or publish an order's event again."""

from __future__ import annotations

import json
import uuid
from argparse import Namespace
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ops.dead_webhooks import DeadEvent, DeadWebhooks
from ops.errors import ATTENTION, NothingFound, OpsError, UsageError
from ops.report import Report
from ops.tables import find_order
from ops.target import Target
from ops.trace.events import OPERATOR, REPEAT
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
    """Invoke the function behind the API's route as the order's client, to publish the order's event.

    It runs the same code, as the same role, and writes the same log line as when the client asks.
    """
    check_request_id(request_id)
    order = find_order(target, request_id)
    if order is None:
        raise NothingFound(f"{target.name} has no order {request_id}.")
    answer = target.client("lambda").invoke(
        FunctionName=target.output("function_names")[REPEAT],
        Payload=json.dumps(_request(target, request_id, str(order["client_id"]), webhook_id)).encode(),
    )
    reply = json.loads(answer["Payload"].read())
    if answer.get("FunctionError") or "statusCode" not in reply:
        raise OpsError(f"The function {REPEAT} failed: see its log.")
    body = json.loads(reply.get("body") or "{}")
    if reply["statusCode"] != _ACCEPTED:
        return Report(document=body, views=[str(body.get("detail"))], code=ATTENTION)
    whom = body.get("webhook_id") or "all webhooks of the client"
    return Report(
        document=body,
        views=[f"{body['event_type']} is published again for {whom}: event {body['event_id']}."],
    )


def _request(target: Target, request_id: str, client_id: str, webhook_id: str | None) -> dict[str, Any]:
    """Return what API Gateway would hand to the function if the client asked."""
    path = f"/orders/{quote(request_id, safe='')}/redeliver"
    return {
        "version": "2.0",
        "routeKey": _ROUTE,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-client-id": client_id},
        "requestContext": {
            "requestId": f"{OPERATOR}{uuid.uuid4()}",
            "routeKey": _ROUTE,
            "stage": "$default",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "",
                "userAgent": "ops",
            },
            "authorizer": _authorizer(str(target.output("api_auth")), client_id),
        },
        "pathParameters": {"request_id": request_id},
        "body": json.dumps({"webhook_id": webhook_id} if webhook_id else {}),
        "isBase64Encoded": False,
    }


def _authorizer(auth: str, client_id: str) -> Mapping[str, Any]:
    if auth == "jwt":
        return {"jwt": {"claims": {"client_id": client_id}, "scopes": None}}
    if auth == "iam":
        # The client is the caller's account and user or role: functions.domain.client.
        account, _, caller = client_id.partition(":")
        return {"iam": {"userArn": f"arn:aws:iam::{account}:{caller}"}}
    return {}
