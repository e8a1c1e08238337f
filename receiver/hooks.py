"""One webhook of the sample server: it receives, fails on demand, and keeps a journal."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from .events import Event
from .headers import Headers
from .receiver import Answer, Delivered, Receiver
from .refusals import Refused

# A sample server may run for days; it remembers only the latest.
JOURNAL_LENGTH = 1000
# Longer than SNS waits (15 s), shorter than a claim on an event lasts (60 s).
MAXIMUM_DELAY_SECONDS = 50.0
# The status of an attempt that got no answer.
HUNG_UP = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailurePlan:
    """Say how the next `times` deliveries are answered; all of them, from now on, where times is None.

    A status outside 200-299 leaves the event unhandled, so that its retry is handled as new. With `hang_up`
    the connection is closed without an answer.
    """

    status: int = 200
    times: int | None = None
    delay_seconds: float = 0.0
    hang_up: bool = False

    def __post_init__(self) -> None:
        whole = type(self.status) is int and (self.times is None or type(self.times) is int)
        if not whole or type(self.delay_seconds) not in {int, float}:
            raise ValueError("status and times are whole numbers, delay_seconds is a number")
        if type(self.hang_up) is not bool:
            raise ValueError("hang_up is true or false")
        if not 200 <= self.status <= 599:
            raise ValueError("status is between 200 and 599")
        if self.times is not None and self.times < 0:
            raise ValueError("times is not negative")
        if not 0 <= self.delay_seconds <= MAXIMUM_DELAY_SECONDS:
            raise ValueError(f"delay_seconds is between 0 and {MAXIMUM_DELAY_SECONDS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Describe one request to a webhook; `number` counts the deliveries of its event to this webhook.

    outcome: handled, duplicate, failed on purpose, confirmed, unsubscribed or refused. The message_id of a
    refused one is what its header claimed.
    """

    at: str
    hook: str
    number: int
    outcome: str
    status: int
    message_id: str | None = None
    event_id: str | None = None
    event_type: str | None = None
    subject: str | None = None
    detail: str | None = None


class Hook:
    """Serve one webhook, thread-safe, with its own receiver, failure plan and journal."""

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        report: Callable[[Attempt], None],
        wait: Callable[[float], object],
    ) -> None:
        self._name = name
        self._receiver = receiver
        self._report = report
        self._wait = wait
        self._lock = threading.Lock()
        self._plan = FailurePlan()
        self._events: deque[Event] = deque(maxlen=JOURNAL_LENGTH)
        self._attempts: deque[Attempt] = deque(maxlen=JOURNAL_LENGTH)

    @property
    def events(self) -> list[Event]:
        """List the events handled, oldest first."""
        with self._lock:
            return list(self._events)

    @property
    def attempts(self) -> list[Attempt]:
        """List every request, oldest first."""
        with self._lock:
            return list(self._attempts)

    def plan(self, plan: FailurePlan) -> None:
        """Answer the coming deliveries as planned."""
        with self._lock:
            self._plan = plan

    def serve(self, url: str, headers: Headers, body: bytes, claimed_message_id: str | None) -> Answer:
        """Receive one request, and say what to answer."""
        try:
            received = self._receiver.receive(url, headers, body)
        except Refused as refused:
            detail = f"{refused.code}: {refused.sentence}"
            self._record("refused", refused.status, message_id=claimed_message_id, detail=detail)
            return Answer(refused.status, detail)
        if isinstance(received, Delivered):
            return self._deliver(received)
        outcome = type(received).__name__.lower()
        self._record(outcome, 200, message_id=received.message_id, detail=received.topic_arn)
        return Answer(200, outcome)

    def snapshot(self) -> dict[str, Any]:
        """Give the journal as JSON-ready data: plan, counts by outcome, events and attempts."""
        with self._lock:
            attempts = [asdict(attempt) for attempt in self._attempts]
            events = [asdict(event) | {"time": event.time.isoformat()} for event in self._events]
            return {
                "plan": asdict(self._plan),
                "counts": Counter(attempt["outcome"] for attempt in attempts),
                "events": events,
                "attempts": attempts,
            }

    def _deliver(self, delivered: Delivered) -> Answer:
        plan = self._take_plan()
        if plan.delay_seconds:
            self._wait(plan.delay_seconds)
        outcome = "duplicate" if delivered.duplicate else "handled"
        status = HUNG_UP if plan.hang_up else plan.status
        if not 200 <= status <= 299:
            outcome = "failed on purpose"
            if not delivered.duplicate:
                self._receiver.release(delivered.event)
        elif not delivered.duplicate:
            self._receiver.settle(delivered.event)
            with self._lock:
                self._events.append(delivered.event)
        self._record(outcome, status, message_id=delivered.message_id, event=delivered.event)
        return Answer(status, outcome)

    def _take_plan(self) -> FailurePlan:
        with self._lock:
            plan = self._plan
            if plan.times == 0:
                return FailurePlan()
            if plan.times is not None:
                self._plan = replace(plan, times=plan.times - 1)
            return plan

    def _record(
        self,
        outcome: str,
        status: int,
        *,
        message_id: str | None,
        event: Event | None = None,
        detail: str | None = None,
    ) -> None:
        with self._lock:
            same = [a for a in self._attempts if event is not None and a.event_id == event.id]
            attempt = Attempt(
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                hook=self._name,
                number=len(same) + 1,
                outcome=outcome,
                status=status,
                message_id=message_id,
                event_id=None if event is None else event.id,
                event_type=None if event is None else event.type,
                subject=None if event is None else event.subject,
                detail=detail,
            )
            self._attempts.append(attempt)
        self._report(attempt)
