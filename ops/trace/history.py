"""An execution's history: each attempt, its error, and what followed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ops.instants import span
from ops.trace.entry import Entry, Mark, first_line
from ops.trace.sources import Execution, HistoryEvent

FAILED_ATTEMPT = frozenset(
    {
        "ActivityFailed",
        "ActivityTimedOut",
        "LambdaFunctionFailed",
        "LambdaFunctionScheduleFailed",
        "LambdaFunctionStartFailed",
        "LambdaFunctionTimedOut",
        "TaskFailed",
        "TaskStartFailed",
        "TaskSubmitFailed",
        "TaskTimedOut",
    }
)
SCHEDULED = frozenset({"ActivityScheduled", "LambdaFunctionScheduled", "TaskScheduled"})
_ENDED: dict[str, Mark] = {
    "ExecutionSucceeded": "ok",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "failed",
    "ExecutionAborted": "failed",
}


def history_entries(execution: Execution) -> Iterator[Entry]:
    """Yield one execution's timeline from its events."""
    walk = _Walk(execution)
    for event in execution.events:
        yield from walk.take(event)
    yield from walk.end()


class _Walk:
    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._state: str | None = None
        self._entered_at: datetime | None = None
        self._started_at: datetime | None = None
        self._attempt = 0
        # A failed attempt is yielded once what followed it is known.
        self._failure: HistoryEvent | None = None

    def take(self, event: HistoryEvent) -> Iterator[Entry]:
        kind = event.type
        if kind == "ExecutionStarted":
            self._started_at = event.time
            yield self._say(event.time, f"started as {self._execution.name}")
        elif kind == "ExecutionRedriven":
            yield self._redriven(event)
        elif kind.endswith("StateEntered"):
            self._state = str(event.details.get("name"))
            self._entered_at, self._attempt = event.time, 0
        elif kind in SCHEDULED:
            yield from self._describe_failure(follows=f"next attempt after {self._since_failure(event)}")
            self._attempt += 1
        elif kind in FAILED_ATTEMPT:
            self._failure = event
        elif kind.endswith("StateExited"):
            yield from self._left(event)
        elif kind in _ENDED:
            yield from self._over(event)

    def end(self) -> Iterator[Entry]:
        """Yield the state of an execution that is still running."""
        if self._execution.status != "RUNNING":
            yield from self._describe_failure(follows="", mark="failed")
            return
        if self._failure is not None:
            yield from self._describe_failure(follows="waiting for the next attempt", mark="waiting")
        elif self._state is not None and self._entered_at is not None:
            attempt = f", attempt {self._attempt}" if self._attempt > 1 else ""
            yield self._step(self._entered_at, f"entered, still running{attempt}", "waiting")

    def _redriven(self, event: HistoryEvent) -> Entry:
        count = event.details.get("redriveCount")
        self._attempt, self._entered_at, self._started_at = 0, event.time, event.time
        where = f" at {self._state}" if self._state else ""
        which = f" (redrive {count})" if count else ""
        return self._say(event.time, f"redriven by an operator{which}{where}", details={"redrive": count})

    def _left(self, event: HistoryEvent) -> Iterator[Entry]:
        if self._failure is not None:
            yield from self._describe_failure(
                follows="no attempts left: the workflow continues with the state's Catch"
            )
        else:
            took = span((event.time - (self._entered_at or event.time)).total_seconds())
            attempt = f" at attempt {self._attempt}" if self._attempt > 1 else ""
            yield self._step(event.time, f"done{attempt}, took {took}")
        self._state = None

    def _over(self, event: HistoryEvent) -> Iterator[Entry]:
        yield from self._describe_failure(follows="no attempts left", mark="failed")
        took = span((event.time - (self._started_at or event.time)).total_seconds())
        word = event.type.removeprefix("Execution").replace("TimedOut", "timed out").lower()
        reason = reason_of_event(event) if _ENDED[event.type] == "failed" else ""
        where = f" in {self._state}" if reason and self._state else ""
        what = f"{word}{where} after {took}" + (f": {reason}" if reason else "")
        if _ENDED[event.type] == "failed" and self._execution.redrivable:
            what += "; it can be redriven"
        yield self._say(event.time, what, _ENDED[event.type])

    def _since_failure(self, event: HistoryEvent) -> str:
        return span((event.time - self._failure.time).total_seconds()) if self._failure else ""

    def _describe_failure(self, *, follows: str, mark: Mark = "retry") -> Iterator[Entry]:
        failure, self._failure = self._failure, None
        if failure is None:
            return
        then = f"; {follows}" if follows else ""
        details = {"error": failure.details.get("error")}
        what = f"attempt {self._attempt} failed: {reason_of_event(failure)}{then}"
        yield self._step(failure.time, what, mark, details)

    def _say(
        self, time: datetime, what: str, mark: Mark = "ok", details: dict[str, Any] | None = None
    ) -> Entry:
        return Entry(time=time, where="execution", what=what, mark=mark, details=details or {})

    def _step(
        self, time: datetime, what: str, mark: Mark = "ok", details: dict[str, Any] | None = None
    ) -> Entry:
        details = {"attempt": self._attempt, **(details or {})}
        return Entry(time=time, where=self._state or "?", what=what, mark=mark, details=details)


def reason_of_event(event: HistoryEvent) -> str:
    """Return why an attempt or an execution failed: its error, and what it said."""
    error = str(event.details.get("error") or ("States.Timeout" if "TimedOut" in event.type else "no reason"))
    cause = _message(str(event.details.get("cause") or ""))
    return f"{error}: {cause}" if cause else error


def _message(cause: str) -> str:
    """Return a cause's text: for a function's error its message, without the traceback."""
    try:
        document = json.loads(cause)
    except ValueError:
        return first_line(cause)
    return first_line(str(document.get("errorMessage") or "")) if isinstance(document, dict) else ""
