"""Follow one order from the HTTP API to its webhook, and check each step."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from functions.domain.client import ANONYMOUS
from local.emulator import Emulator
from receiver import WebhookIds
from receiver.hooks import Attempt, Hook

SAMPLE_ORDER: Mapping[str, Any] = {
    "reference": "PO-1001",
    "currency": "EUR",
    "items": [{"sku": "KB-75", "name": "Keyboard", "quantity": 2, "unit_amount": 4995}],
    "payment_method": "pm_card_visa",
    "metadata": {"channel": "web"},
}

# Generous: a busy machine may be slow.
_LONGEST_WORKFLOW_SECONDS = 120
# The default delivery policy's first five attempts fall within this, jitter included.
_LONGEST_DELIVERY_SECONDS = 180
_POLL_SECONDS = 0.05
_ACCEPTED = 202

Found = TypeVar("Found")


class JourneyError(Exception):
    """A step of the order failed; the message names the step."""


@dataclass(frozen=True, kw_only=True)
class PostedOrder:
    """An order that the API has accepted."""

    request_id: str
    milliseconds: float


class Journey:
    """Follows an order through a deployed stack, with the receiver's webhook at its end."""

    def __init__(self, emulator: Emulator, outputs: Mapping[str, Any], hook: Hook) -> None:
        self._emulator = emulator
        self._outputs = outputs
        self._hook = hook

    def post_order(self) -> PostedOrder:
        """Post the sample order and check the answer."""
        started = time.perf_counter()
        status, headers, body = _call("POST", self._outputs["orders_endpoint"], SAMPLE_ORDER)
        milliseconds = (time.perf_counter() - started) * 1000
        if status != _ACCEPTED:
            raise JourneyError(f"the API answered {status} instead of 202: {body}")
        if headers.get("apigw-requestid") != body["request_id"]:
            raise JourneyError("the response's request ID is not the one in the header apigw-requestid")
        return PostedOrder(request_id=body["request_id"], milliseconds=milliseconds)

    def wait_for_outcome(self, posted: PostedOrder) -> dict[str, Any]:
        """Return the order once it is no longer pending, as its owner sees it."""
        last: dict[str, Any] = {"status": "not saved yet"}

        def settled() -> dict[str, Any] | None:
            nonlocal last
            url = f"{self._outputs['orders_endpoint']}/{posted.request_id}"
            status, _, body = _call("GET", url)
            last = body if status == 200 else last
            return last if last["status"] in ("paid", "declined", "failed") else None

        return _wait_for(
            settled,
            _LONGEST_WORKFLOW_SECONDS,
            lambda: f"the order is still {last['status']} after {_LONGEST_WORKFLOW_SECONDS} s",
        )

    def states(self, posted: PostedOrder) -> list[str]:
        """Return the names of the states that the order's execution entered."""
        client = self._emulator.client("stepfunctions")
        machine = self._outputs["state_machine_arn"]
        for execution in client.list_executions(stateMachineArn=machine)["executions"]:
            described = client.describe_execution(executionArn=execution["executionArn"])
            if json.loads(described["input"])["request_id"] == posted.request_id:
                history = client.get_execution_history(executionArn=execution["executionArn"])["events"]
                entered = (event.get("stateEnteredEventDetails") for event in history)
                return [details["name"] for details in entered if details]
        raise JourneyError("no execution was started for the order")

    def wait_for_webhook(self, posted: PostedOrder, order: Mapping[str, Any]) -> Attempt:
        """Return the delivery of the order's event once the receiver has handled it, and check the event."""

        def handled() -> Attempt | None:
            attempts = [each for each in self._hook.attempts if each.subject == posted.request_id]
            return next((each for each in attempts if each.outcome == "handled"), None)

        def complaint() -> str:
            attempts = [each for each in self._hook.attempts if each.subject == posted.request_id]
            seen = f"{len(attempts)} attempts, all failed" if attempts else "no attempt"
            return f"the webhook was not delivered within {_LONGEST_DELIVERY_SECONDS} s: {seen}"

        delivery = _wait_for(handled, _LONGEST_DELIVERY_SECONDS, complaint)
        event = next(each for each in self._hook.events if each.id == delivery.event_id)
        wrong = [name for name in event.data if event.data[name] != order.get(name)]
        if event.type != f"order.{order['status']}" or wrong or not event.data:
            raise JourneyError(
                f"the event does not match the order: type {event.type}, different fields {wrong}"
            )
        return delivery


def register(api_endpoint: str, url: str, webhook_ids: WebhookIds, client_id: str = ANONYMOUS) -> None:
    """Register a webhook as a client does, and wait until its receiver has confirmed it.

    The ID is added to those that the receiver expects.
    """
    caller = {} if client_id == ANONYMOUS else {"x-client-id": client_id}
    status, _, body = _call("POST", f"{api_endpoint}/webhooks", {"url": url}, caller)
    if status not in (200, 201):
        raise JourneyError(f"the API did not register {url}: {status} {body}")
    webhook_ids.add(body["webhook_id"])

    def active() -> bool | None:
        _, _, shown = _call("GET", f"{api_endpoint}/webhooks/{body['webhook_id']}", headers=caller)
        return shown.get("status") == "active" or None

    _wait_for(active, _LONGEST_WORKFLOW_SECONDS, lambda: f"{url} did not confirm its subscription")


def _wait_for(
    look: Callable[[], Found | None], longest_seconds: float, complaint: Callable[[], str]
) -> Found:
    deadline = time.monotonic() + longest_seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(_POLL_SECONDS)
    raise JourneyError(complaint())


def _call(
    method: str,
    url: str,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, Mapping[str, str], dict[str, Any]]:
    data = None if body is None else json.dumps(body).encode()
    sent = {"content-type": "application/json", **headers}
    request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310 - the emulator's URL
    # A proxy cannot reach this loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, _lower(answer.headers), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, _lower(error.headers), json.load(error)
    except (urllib.error.URLError, ValueError, TimeoutError) as error:
        raise JourneyError(f"{method} {url}: {error}") from error


def _lower(headers: Any) -> dict[str, str]:  # noqa: ANN401 - http.client's own message type
    return {name.lower(): value for name, value in headers.items()}
