"""From the client's request to the start of the workflow."""

from __future__ import annotations

from collections.abc import Iterator

from functions.domain.log_record import LogField, Outcome
from ops.instants import read_instant, span
from ops.logs import LogLine
from ops.trace.entry import Entry, Mark, last_line
from ops.trace.intake_state import ACCEPT, START
from ops.trace.sources import Sources


def intake_entries(sources: Sources) -> Iterator[Entry]:
    """Yield how the order was accepted and received from the queue."""
    accepted = [_accepted(line, sources.request_id) for line in sources.lines_of(ACCEPT)]
    yield from accepted
    if not any(entry.mark == "ok" for entry in accepted) and sources.order is not None:
        yield Entry(
            time=read_instant(str(sources.order["created_at"])),
            where="api",
            what=f"accepted (from the order's record), queued as message {sources.order['message_id']}",
        )
    for line in sources.lines_of(START):
        yield _taken_up(line)


def _accepted(line: LogLine, request_id: str) -> Entry:
    took = span(line.duration_ms / 1000)
    details = {"status": line.get(LogField.STATUS), "message_id": line.get(LogField.MESSAGE_ID)}
    if line.get(LogField.REQUEST_ID) != request_id:
        again = "with the same Idempotency-Key: same response"
        what = f"posted again as {line.get(LogField.REQUEST_ID)} {again}"
        return Entry(time=line.began_at, where="api", what=what, details=details)
    if line.get(LogField.OUTCOME) != Outcome.DONE:
        reason = line.get(LogField.PROBLEM) or "the function failed"
        what = f"refused with {line.get(LogField.STATUS)}: {reason}"
        return Entry(time=line.began_at, where="api", what=what, mark="failed", details=details)
    queued = f"; queued as message {line.get(LogField.MESSAGE_ID)}" if line.get(LogField.MESSAGE_ID) else ""
    earlier = line.get(LogField.FIRST_REQUEST_ID)
    if earlier not in (None, request_id):
        queued = f"; its Idempotency-Key was first used by {earlier}: trace that request"
    what = f"accepted: {line.get(LogField.STATUS)} in {took}{queued}"
    return Entry(time=line.began_at, where="api", what=what, details=details)


def _taken_up(line: LogLine) -> Entry:
    count = line.get(LogField.RECEIVE_COUNT)
    receipt = f" (receipt {count})" if count not in (None, 1) else ""
    details = {"outcome": line.get(LogField.OUTCOME), "receive_count": count}
    outcome = line.get(LogField.OUTCOME)
    mark: Mark = "ok"
    if outcome == Outcome.STARTED:
        what = f"received from the queue{receipt}, execution started"
    elif outcome == Outcome.STARTED_BEFORE:
        what = f"received again{receipt}, its execution was already started"
    elif outcome == Outcome.DEFERRED:
        again = line.get(LogField.HIDDEN_SECONDS)
        when = f"next attempt in {again} s" if again else "next attempt after the visibility timeout"
        what, mark = f"deferred{receipt}, Step Functions throttles or is unavailable: {when}", "retry"
    else:
        reason = last_line(line.get(LogField.EXCEPTION)) or line.get(LogField.REASON) or "it failed"
        what, mark = f"could not be started{receipt}: {reason}", "retry"
    return Entry(
        time=line.began_at,
        where="queue",
        what=what,
        mark=mark,
        details=details,
    )
