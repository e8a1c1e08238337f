"""The workflow's steps from the functions' logs, for a workflow without a history."""

from __future__ import annotations

from collections.abc import Iterator

from functions.domain.log_record import LogField, Outcome
from ops.instants import span
from ops.logs import LogLine
from ops.trace.entry import Entry, first_line, last_line
from ops.trace.sources import Sources

# The state that runs each function. FailOrder and InformOfFailure run the same two as UpdateOrder and
# InformClient.
STATES = {
    "save-order": "SaveOrder",
    "process-payment": "ProcessPayment",
    "update-order": "UpdateOrder",
    "inform-client": "InformClient",
    "release-payment": "ReleasePayment",
}


def step_entries(sources: Sources) -> Iterator[Entry]:
    """Yield each run of the workflow's functions."""
    for line in sources.lines_of(*STATES):
        failed = line.get(LogField.OUTCOME) == Outcome.ERROR
        what = f"failed: {_error(line)}" if failed else f"done in {_took(line)}"
        attempt = line.get(LogField.ATTEMPT)
        if isinstance(attempt, int) and (failed or attempt):
            what = f"attempt {attempt + 1} {what}" if failed else f"{what}, at attempt {attempt + 1}"
        yield Entry(time=line.time, where=STATES[line.group], what=what, mark="retry" if failed else "ok")


def _took(line: LogLine) -> str:
    return span(line.duration_ms / 1000)


def _error(line: LogLine) -> str:
    # A traceback ends with the error, under the name of its module.
    name, colon, message = (last_line(line.get(LogField.EXCEPTION)) or "an error").partition(":")
    return first_line(f"{name.rpartition('.')[2]}{colon}{message}")
