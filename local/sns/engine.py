"""Deliver messages to HTTP(S) endpoints: attempts, retries, throttling and the final verdict."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from random import Random
from typing import Protocol

from local.sns.behaviour import ClientErrors, SnsBehaviour
from local.sns.clock import Action, Clock
from local.sns.policy import DeliveryPlan, add_jitter
from local.sns.transport import EndpointRequest, Transport, TransportError


class Verdict(Enum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    RETRY = "retry"
    FAILED = "failed"
    REJECTED = "rejected"
    """Failed for good, and SNS keeps no dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one subscription.

    `message` is the text that was published, `body` the bytes that are sent; `accepted_at` is in seconds
    since the epoch. `raw_attributes` are the message attributes that a raw body leaves out. Nothing is
    sent any more once `is_wanted` says no.
    """

    delivery_id: str
    message_type: str
    message_id: str
    topic_arn: str
    subscription_arn: str
    endpoint: str
    message: str
    headers: Mapping[str, str]
    body: bytes
    plan: DeliveryPlan
    accepted_at: float
    is_wanted: Callable[[], bool]
    raw_attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """One finished attempt; `number` counts from 1, times are in seconds since the epoch.

    `status` is None, and `response` the reason, where there was no reply. `next_attempt_at` is None where
    none will follow.
    """

    number: int
    started_at: float
    finished_at: float
    status: int | None
    response: str
    verdict: Verdict
    next_attempt_at: float | None


BehaviourOf = Callable[[Delivery], SnsBehaviour]


class Listener(Protocol):
    """Hear of every attempt, the last one of a delivery included; called from several threads."""

    def attempted(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        """Take note of an attempt."""
        ...


def judge(status: int | None, behaviour: SnsBehaviour) -> Verdict:
    """Return what an attempt with this status came to; None stands for no reply.

    AWS's sources conflict on 4xx: see `SnsBehaviour`. 3xx is documented nowhere: it is not followed, and
    treated like 4xx.
    """
    if status is None:
        return Verdict.RETRY
    if 200 <= status <= 299:
        return Verdict.DELIVERED
    if 300 <= status <= 499 and not (status == HTTPStatus.TOO_MANY_REQUESTS and behaviour.retries_429):
        return _FINAL[behaviour.client_errors]
    return Verdict.RETRY


_FINAL: Mapping[ClientErrors, Verdict] = {
    "success": Verdict.DELIVERED,
    "failure": Verdict.REJECTED,
    "dead-letter": Verdict.FAILED,
}


class Throttle:
    """Space out the attempts of each subscription."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_free: dict[str, float] = {}

    def reserve(self, subscription_arn: str, now: float, interval_seconds: float) -> float:
        """Return the earliest time for an attempt, and keep the interval after it free of others."""
        with self._lock:
            slot = max(now, self._next_free.get(subscription_arn, now))
            self._next_free[subscription_arn] = slot + interval_seconds
            return slot


class DeliveryEngine:
    """Run deliveries on a clock; `run` takes each blocking attempt to where it may block.

    `behaviour_of` returns how SNS's switches are set for a delivery.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        transport: Transport,
        random: Random,
        run: Callable[[Action], object],
        listener: Listener,
        behaviour_of: BehaviourOf = lambda _: SnsBehaviour(),
    ) -> None:
        self._clock = clock
        self._transport = transport
        self._random = random
        self._run = run
        self._listener = listener
        self._behaviour_of = behaviour_of
        self._throttle = Throttle()

    def deliver(self, delivery: Delivery) -> None:
        """Start a delivery and return at once."""
        self._when_free(delivery, add_jitter(delivery.plan.retry_delays_seconds, self._random), 1)

    def _when_free(self, delivery: Delivery, waits: tuple[float, ...], number: int) -> None:
        """Have attempt `number` made as soon as the throttle lets it through."""
        now = self._clock.now()
        slot = now
        if (limit := delivery.plan.max_receives_per_second) is not None:
            slot = self._throttle.reserve(delivery.subscription_arn, now, 1 / limit)
        attempt = functools.partial(self._attempt, delivery, waits, number)
        if slot > now:
            self._clock.call_at(slot, functools.partial(self._run, attempt))
        else:
            self._run(attempt)

    def _attempt(self, delivery: Delivery, waits: tuple[float, ...], number: int) -> None:
        if not delivery.is_wanted():
            return
        started_at = self._clock.now()
        status, response = self._send(delivery)
        finished_at = self._clock.now()
        verdict = judge(status, self._behaviour_of(delivery))
        next_attempt_at: float | None = None
        if verdict is Verdict.RETRY and number <= len(waits):
            next_attempt_at = finished_at + waits[number - 1]
        elif verdict is Verdict.RETRY:
            verdict = Verdict.FAILED
        attempt = DeliveryAttempt(
            number=number,
            started_at=started_at,
            finished_at=finished_at,
            status=status,
            response=response,
            verdict=verdict,
            next_attempt_at=next_attempt_at,
        )
        if next_attempt_at is not None:
            again = functools.partial(self._when_free, delivery, waits, number + 1)
            self._clock.call_at(next_attempt_at, again)
        self._listener.attempted(delivery, attempt)

    def _send(self, delivery: Delivery) -> tuple[int | None, str]:
        request = EndpointRequest(url=delivery.endpoint, headers=delivery.headers, body=delivery.body)
        try:
            reply = self._transport(request)
        except TransportError as error:
            return None, str(error)
        return reply.status, reply.body
