"""Each run of a workflow's states: from the execution's history, else from the functions' log records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.domain.log_record import LogField, Outcome
from ops.trace.entry import Mark, first_line, last_line
from ops.trace.history import FAILED_ATTEMPT, SCHEDULED, reason_of_event
from ops.trace.sources import Execution, HistoryEvent, Sources
from ops.trace.steps import STATES

_DONE = frozenset({"LambdaFunctionSucceeded", "TaskSucceeded", "ActivitySucceeded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRun:
    """One attempt of one state. Without an `end` it is running."""

    state: str
    start: datetime
    end: datetime | None
    attempt: int
    mark: Mark
    error: str = ""


def state_runs(sources: Sources) -> list[StateRun]:
    """Return the runs of an order's states, by time."""
    runs = [run for execution in sources.executions for run in _of_history(execution)]
    if not any(execution.events for execution in sources.executions):
        runs = list(_of_lines(sources))
    return sorted(runs, key=lambda run: run.start)


def _of_history(execution: Execution) -> Iterator[StateRun]:
    state, attempt = "", 0
    start: datetime | None = None
    for event in execution.events:
        if event.type.endswith("StateEntered"):
            state, attempt, start = str(event.details.get("name")), 0, None
        elif event.type == "ExecutionRedriven":
            attempt, start = 0, None
        elif event.type in SCHEDULED:
            attempt, start = attempt + 1, event.time
        elif start is not None and event.type in FAILED_ATTEMPT:
            yield _run(state, start, event, attempt, "retry", reason_of_event(event))
            start = None
        elif start is not None and event.type in _DONE:
            yield _run(state, start, event, attempt, "ok")
            start = None
    if start is not None and execution.status == "RUNNING":
        yield StateRun(state=state, start=start, end=None, attempt=attempt, mark="waiting")


def _run(
    state: str, start: datetime, event: HistoryEvent, attempt: int, mark: Mark, error: str = ""
) -> StateRun:
    return StateRun(state=state, start=start, end=event.time, attempt=attempt, mark=mark, error=error)


def _of_lines(sources: Sources) -> Iterator[StateRun]:
    for line in sources.lines_of(*STATES):
        failed = line.get(LogField.OUTCOME) == Outcome.ERROR
        attempt = line.get(LogField.ATTEMPT)
        yield StateRun(
            state=STATES[line.group],
            start=line.began_at,
            end=line.time,
            attempt=attempt + 1 if isinstance(attempt, int) else 1,
            mark="retry" if failed else "ok",
            error=first_line(last_line(line.get(LogField.EXCEPTION))) if failed else "",
        )
