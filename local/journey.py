"""Follow one order from the HTTP API to its webhook, and check each step."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.domain.order import FINAL_STATUSES
from functions.domain.order_example import ORDER_EXAMPLE
from local.api_calls import LONGEST_WAIT_SECONDS, JourneyError, call, wait_for
from local.attempt_text import clock
from local.attempts import AttemptHistory, LoggedAttempt
from local.emulator import Emulator
from receiver.hooks import Attempt, Hook

# The default delivery policy's first five attempts fall within this, jitter included.
_LONGEST_DELIVERY_SECONDS = 180
_ACCEPTED = 202


class NotDeliveredError(JourneyError):
    """The order's event has not arrived, or not yet; the message says how often it was tried."""


@dataclass(frozen=True, kw_only=True)
class PostedOrder:
    """An order that the API has accepted."""

    request_id: str
    milliseconds: float


class Journey:
    """Follows a client's order through a deployed stack, with the receiver's webhook at its end."""

    def __init__(self, emulator: Emulator, outputs: Mapping[str, Any], client_id: str) -> None:
        self._emulator = emulator
        self._outputs = outputs
        self._client_id = client_id

    def post_order(self) -> PostedOrder:
        """Post the sample order and check the answer."""
        started = time.perf_counter()
        status, headers, body = call("POST", self._outputs["orders_endpoint"], self._client_id, ORDER_EXAMPLE)
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
            status, _, body = call("GET", url, self._client_id)
            last = body if status == 200 else last
            return last if last["status"] in FINAL_STATUSES else None

        return wait_for(
            settled,
            LONGEST_WAIT_SECONDS,
            lambda: f"the order is still {last['status']} after {LONGEST_WAIT_SECONDS} s",
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

    def wait_for_webhook(
        self,
        posted: PostedOrder,
        order: Mapping[str, Any],
        *,
        hook: Hook,
        url: str,
        attempts: AttemptHistory,
        speed: float,
        redelivery_seconds: float | None,
    ) -> Attempt:
        """Return the delivery of the order's event once the receiver has handled it, and check the event.

        Raises NotDeliveredError as soon as no attempt follows within the time that is waited. `speed` is
        that of the emulator's clock; `redelivery_seconds` is how long it takes until an event is sent again
        after SNS has stopped, None where it need not be waited for.
        """
        deadline = time.monotonic() + _LONGEST_DELIVERY_SECONDS

        def handled() -> Attempt | None:
            received = [each for each in hook.attempts if each.subject == posted.request_id]
            found = next((each for each in received if each.outcome == "handled"), None)
            logged = attempts.of_order(posted.request_id, url)
            if found is None and logged and not logged[-1].succeeded:
                left_seconds = deadline - time.monotonic()
                if not _may_follow(logged[-1], left_seconds, speed, redelivery_seconds):
                    raise NotDeliveredError(_describe_failures(logged))
            return found

        def complaint() -> str:
            return _describe_failures(attempts.of_order(posted.request_id, url))

        delivery = wait_for(handled, _LONGEST_DELIVERY_SECONDS, complaint, NotDeliveredError)
        event = next(each for each in hook.events if each.id == delivery.event_id)
        wrong = [name for name in event.data if event.data[name] != order.get(name)]
        if event.type != f"order.{order['status']}" or wrong or not event.data:
            raise JourneyError(
                f"the event does not match the order: type {event.type}, different fields {wrong}"
            )
        return delivery


def wait_for_own_receiver(request_id: str, url: str, attempts: AttemptHistory) -> LoggedAttempt:
    """Return the attempt at which a receiver of the user's took an order's event.

    It may have to start and to confirm its subscription first. Raises NotDeliveredError.
    """

    def taken() -> LoggedAttempt | None:
        return next((each for each in attempts.of_order(request_id, url) if each.succeeded), None)

    def complaint() -> str:
        return _describe_failures(attempts.of_order(request_id, url))

    return wait_for(taken, _LONGEST_DELIVERY_SECONDS, complaint, NotDeliveredError)


def _may_follow(
    last: LoggedAttempt, left_seconds: float, speed: float, redelivery_seconds: float | None
) -> bool:
    """Return whether another attempt can come in time."""
    if last.next_at is not None:
        return (last.next_at - last.at).total_seconds() / speed < left_seconds
    return redelivery_seconds is not None and redelivery_seconds < left_seconds


def _describe_failures(attempts: Sequence[LoggedAttempt]) -> str:
    if not attempts:
        return f"not delivered: SNS has made no attempt within {_LONGEST_DELIVERY_SECONDS} s"
    last = attempts[-1]
    count = "one attempt" if len(attempts) == 1 else f"{len(attempts)} attempts"
    follows = f"the next is at {clock(last.next_at)}" if last.next_at else "SNS makes no more"
    return f"not delivered: {count}, the last answered {last.status or last.response}; {follows}"
