"""`smoke`: post one order and follow it to its webhooks."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from functions.domain.order_example import order_of
from ops.api import TOKEN_VARIABLE, Api, post_order
from ops.errors import ATTENTION, OK
from ops.report import Report
from ops.target import Target
from ops.trace.command import report_order
from ops.trace.deliveries import webhook_of
from ops.trace.reading import read_sources
from ops.trace.sources import Sources
from ops.waiting import until

_OK = 200
_POLL_SECONDS = 1.0
_RECENT = timedelta(hours=1)
# The gateway answered in both cases.
_GOOD_ENDS = ("paid", "declined")
# An event of now is not sent to these: nobody has confirmed them, or their client holds their events back.
_WAITING = ("pending_confirmation", "paused")


def smoke(target: Target, options: Namespace) -> Report:
    """Post an order, wait for its outcome and its deliveries, and trace it."""
    api = Api(target, options.token or os.environ.get(TOKEN_VARIABLE), options.client)
    deadline = time.monotonic() + options.timeout_seconds
    order = order_of(
        100, reference="SMOKE", payment_method=options.payment_method, metadata={"smoke": "true"}
    )
    request_id = str(post_order(api, order).body["request_id"])
    status = until(lambda: _ended(api, request_id), deadline, _POLL_SECONDS)
    webhooks = _webhooks(api, f"order.{status}") if status else {}
    expected = {webhook_id for webhook_id, standing in webhooks.items() if standing not in _WAITING}
    sources = until(lambda: _delivered(target, request_id, expected), deadline, _POLL_SECONDS)
    sources = sources or read_sources(target, request_id, _RECENT)
    traced = report_order(sources, target)
    taken = _taken(sources)
    verdict = _verdict(status, webhooks, expected, taken)
    return replace(
        traced,
        document={**traced.document, "smoke": verdict or "passed"},
        views=[*traced.views, f"Smoke test: {verdict or _passed(webhooks, taken)}."],
        code=ATTENTION if verdict else OK,
    )


def _ended(api: Api, request_id: str) -> str | None:
    answer = api.call("GET", f"/orders/{quote(request_id, safe='')}")
    status = answer.body.get("status") if answer.status == _OK else None
    return str(status) if status not in (None, "pending") else None


def _webhooks(api: Api, event_type: str) -> dict[str, str]:
    """Return the caller's webhooks that want the event, with their statuses."""
    listed: list[dict[str, Any]] = api.call("GET", "/webhooks").body.get("webhooks", [])
    return {each["webhook_id"]: each["status"] for each in listed if event_type in each["event_types"]}


def _delivered(target: Target, request_id: str, expected: set[str]) -> Sources | None:
    """Return the order's sources once every expected webhook has received its event."""
    sources = read_sources(target, request_id, _RECENT)
    return sources if expected <= _taken(sources) else None


def _taken(sources: Sources) -> set[str | None]:
    """Return the webhooks that have received the event, as SNS has logged it."""
    return {
        webhook_of(entry.destination, sources.webhooks) for entry in sources.deliveries if entry.succeeded
    }


def _verdict(
    status: str | None, webhooks: Mapping[str, str], expected: set[str], taken: set[str | None]
) -> str | None:
    """Return what is wrong, or None."""
    if status is None:
        return "the order has no outcome yet"
    if status not in _GOOD_ENDS:
        return f"the order is {status}"
    # Where all of them wait, no delivery was tried.
    missed = sorted(expected - taken if expected else set(webhooks) - taken)
    if not missed:
        return None
    named = ", ".join(f"{each} ({webhooks[each].replace('_', ' ')})" for each in missed)
    return f"SNS has logged no successful delivery to {len(missed)} of the caller's webhooks: {named}"


def _passed(webhooks: Mapping[str, str], taken: set[str | None]) -> str:
    if not webhooks:
        return "passed, but no delivery was tried: the caller has no webhook for this event"
    return f"passed, the event is at {len(set(webhooks) & taken)} of {len(webhooks)} of the caller's webhooks"
