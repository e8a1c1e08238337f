"""Log events that record_deliveries could not record yet, as messages of its own queue."""

from __future__ import annotations

import json
from collections.abc import Sequence

from functions.adapters.queues import Queue
from functions.domain.deliveries.log_batch import LogEvent

_DELAY_SECONDS = 60
# Well below what SQS takes in one message, with its escapes.
_EVENTS_A_MESSAGE = 50


def defer(queue: Queue, events: Sequence[LogEvent]) -> None:
    """Have log events handed to record_deliveries again in a minute."""
    for start in range(0, len(events), _EVENTS_A_MESSAGE):
        part = events[start : start + _EVENTS_A_MESSAGE]
        body = [[each.message, each.logged_at_ms, each.log_group] for each in part]
        queue.send(json.dumps({"log_events": body}), delay_seconds=_DELAY_SECONDS)


def deferred_events(body: dict[str, list[list[str]]]) -> list[LogEvent]:
    """Return the log events of a message that `defer` has sent."""
    return [
        LogEvent(message=message, logged_at_ms=int(logged_at_ms), log_group=log_group)
        for message, logged_at_ms, log_group in body["log_events"]
    ]
