"""Asynchronous invocations: an event waits in Lambda's own queue, is retried, and is given up.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from local.sns.clock import Action, Clock

Condition = Literal["RetriesExhausted", "EventAgeExceeded"]

# "Lambda waits one minute before the second attempt, and two minutes before the third."
_WAITS_SECONDS = (60.0, 120.0)
# A throttled event is tried again "from 1 second after the first attempt to a maximum of 5 minutes".
_SHORTEST_THROTTLE_SECONDS, _LONGEST_THROTTLE_SECONDS = 1.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AsynchronousEvent:
    """An event on its way to a function, with the settings of its FunctionEventInvokeConfig."""

    request_id: str
    function_arn: str
    payload: Any
    accepted_at: float
    max_retries: int
    max_age_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to; a throttled one did not reach the function."""

    kind: Literal["done", "failed", "throttled"]
    response: Any = None


Invoke = Callable[[AsynchronousEvent], Outcome]
GiveUp = Callable[[AsynchronousEvent, Condition, int, Outcome], None]


class InvocationEngine:
    """Run asynchronous events on a clock.

    `run` takes each blocking attempt, by its function's ARN, to where it may block; `give_up` gets each
    event that is given up, the condition, the number of invocations and the last outcome. No event is too
    old before `shortest_age_seconds`, whatever its function says.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        run: Callable[[str, Action], object],
        invoke: Invoke,
        give_up: GiveUp,
        shortest_age_seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._clock = clock
        self._run = run
        self._invoke = invoke
        self._give_up = give_up
        self._shortest_age_seconds = shortest_age_seconds
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def accept(self, event: AsynchronousEvent) -> None:
        """Take an event and return at once."""
        with self._lock:
            self._open[event.function_arn] += 1
        self._run(event.function_arn, functools.partial(self._attempt, event, 0, 0))

    def is_busy(self, function_arn: str) -> bool:
        """Return whether the function has events that are neither done nor given up."""
        with self._lock:
            return self._open[function_arn] > 0

    def _attempt(self, event: AsynchronousEvent, invocations: int, throttles: int) -> None:
        outcome = self._invoke(event)
        if outcome.kind == "done":
            self._close(event)
            return
        if outcome.kind == "throttled":
            throttles += 1
            wait = min(_LONGEST_THROTTLE_SECONDS, _SHORTEST_THROTTLE_SECONDS * 2.0 ** (throttles - 1))
        else:
            invocations += 1
            throttles = 0
            if invocations > event.max_retries:
                self._end(event, "RetriesExhausted", invocations, outcome)
                return
            wait = _WAITS_SECONDS[min(invocations, len(_WAITS_SECONDS)) - 1]
        next_at = self._clock.now() + wait
        if next_at > event.accepted_at + max(event.max_age_seconds, self._shortest_age_seconds()):
            self._end(event, "EventAgeExceeded", invocations, outcome)
            return
        again = functools.partial(self._attempt, event, invocations, throttles)
        self._clock.call_at(next_at, functools.partial(self._run, event.function_arn, again))

    def _end(self, event: AsynchronousEvent, condition: Condition, invocations: int, last: Outcome) -> None:
        try:
            self._give_up(event, condition, invocations, last)
        finally:
            self._close(event)

    def _close(self, event: AsynchronousEvent) -> None:
        with self._lock:
            self._open[event.function_arn] -= 1
