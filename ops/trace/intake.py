"""From the client's request to the start of the workflow."""

from __future__ import annotations

from collections.abc import Iterator

from ops.instants import read_instant, span
from ops.logs import LogLine
from ops.trace.entry import Entry, Mark, last_line
from ops.trace.sources import Sources

ACCEPT = "accept-order"
START = "start-execution"


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
    details = {"status": line.get("status"), "message_id": line.get("message_id")}
    if line.get("request_id") != request_id:
        again = "with the same Idempotency-Key: same response"
        what = f"posted again as {line.get('request_id')} {again}"
        return Entry(time=line.began_at, where="api", what=what, details=details)
    if line.get("outcome") != "done":
        reason = line.get("problem") or "the function failed"
        what = f"refused with {line.get('status')}: {reason}"
        return Entry(time=line.began_at, where="api", what=what, mark="failed", details=details)
    queued = f"; queued as message {line.get('message_id')}" if line.get("message_id") else ""
    earlier = line.get("first_request_id")
    if earlier not in (None, request_id):
        queued = f"; its Idempotency-Key was first used by {earlier}: trace that request"
    what = f"accepted: {line.get('status')} in {took}{queued}"
    return Entry(time=line.began_at, where="api", what=what, details=details)


def _taken_up(line: LogLine) -> Entry:
    count = line.get("receive_count")
    receipt = f" (receipt {count})" if count not in (None, 1) else ""
    details = {"outcome": line.get("outcome"), "receive_count": count}
    outcome = line.get("outcome")
    mark: Mark = "ok"
    if outcome == "started":
        what = f"received from the queue{receipt}, execution started"
    elif outcome == "started_before":
        what = f"received again{receipt}, its execution was already started"
    elif outcome == "put_off":
        again = line.get("hidden_seconds")
        when = f"next attempt in {again} s" if again else "next attempt after the visibility timeout"
        what, mark = f"deferred{receipt}, Step Functions throttles or is unavailable: {when}", "retry"
    else:
        reason = last_line(line.get("exception")) or line.get("reason") or "it failed"
        what, mark = f"could not be started{receipt}: {reason}", "retry"
    return Entry(
        time=line.began_at,
        where="queue",
        what=what,
        mark=mark,
        details=details,
    )
