"""The order's events: published, redelivered, waiting, dead-lettered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.event import AUDIENCE_ALL
from functions.domain.instant import timestamp
from functions.domain.log_record import LogField, Outcome
from ops.instants import span
from ops.logs import LogLine
from ops.trace.entry import Entry, Mark
from ops.trace.sources import Sources

PUBLISH = "inform-client"
REPEAT = "redeliver-order"
REDELIVER = "redeliver"
# The prefix of the request ID when an operator acts for a client.
OPERATOR = "ops-"
# SQS hides a message for twelve hours at most: a longer wait is noted once and its repetitions left out.
_SAME_MOMENT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One message that SNS accepted: `audience` is "all" or a webhook's ID."""

    time: datetime
    sns_message_id: str
    event_type: str
    audience: str


def publications(sources: Sources) -> list[Publication]:
    """Return every message that SNS accepted for the order, by time."""
    return [
        Publication(
            time=line.time,
            sns_message_id=str(line.get(LogField.SNS_MESSAGE_ID)),
            event_type=_type_of(line),
            audience=str(line.get(LogField.AUDIENCE) or line.get(LogField.WEBHOOK_ID) or AUDIENCE_ALL),
        )
        for line in sources.lines_of(PUBLISH, REPEAT, REDELIVER)
        if line.get(LogField.SNS_MESSAGE_ID)
    ]


def event_entries(sources: Sources) -> Iterator[Entry]:
    """Yield each publication, and each step of redelivery."""
    for line in sources.lines_of(PUBLISH):
        if line.get(LogField.SNS_MESSAGE_ID):
            yield _published(line, "published", _time_of(line, sources))
    for line in sources.lines_of(REPEAT):
        if line.get(LogField.SNS_MESSAGE_ID):
            by_operator = str(line.get(LogField.REQUEST_ID)).startswith(OPERATOR)
            who = "by an operator" if by_operator else "by its client"
            yield _published(line, f"published again {who}", _time_of(line, sources))
    due: dict[tuple[object, object], datetime] = {}
    for line in sources.lines_of(REDELIVER):
        yield from _redelivery(line, _time_of(line, sources), due)


def _time_of(line: LogLine, sources: Sources) -> datetime:
    """Return when SNS accepted a message: the log record is later, perhaps than a delivery."""
    message_id = line.get(LogField.SNS_MESSAGE_ID)
    taken = [each.published_at for each in sources.deliveries if each.message_id == message_id]
    return min([line.time, *taken])


def _type_of(line: LogLine) -> str:
    return str(line.get(LogField.EVENT_TYPE) or line.get(LogField.OUTCOME))


def _published(line: LogLine, how: str, time: datetime) -> Entry:
    audience = line.get(LogField.AUDIENCE) or AUDIENCE_ALL
    whom = "all webhooks of the client" if audience == AUDIENCE_ALL else str(audience)
    return Entry(
        time=time,
        where="event",
        what=f"{_type_of(line)} {how} for {whom}: SNS message {line.get(LogField.SNS_MESSAGE_ID)}",
        details=_details(line),
    )


def _redelivery(line: LogLine, time: datetime, due: dict[tuple[object, object], datetime]) -> Iterator[Entry]:
    number = int(line.get(LogField.REDELIVERIES) or 0) + 1
    webhook, outcome = line.get(LogField.WEBHOOK_ID) or "its webhook", line.get(LogField.OUTCOME)
    mark: Mark = "ok"
    if outcome == Outcome.WAITING:
        at = line.time + timedelta(seconds=int(line.get(LogField.WAIT_SECONDS) or 0))
        key = (line.get(LogField.QUEUE_MESSAGE_ID), number)
        if key in due and abs(due[key] - at) < _SAME_MOMENT:
            return
        due[key] = at
        wait = span(int(line.get(LogField.WAIT_SECONDS) or 0))
        what, mark = f"redelivery {number} to {webhook} is due in {wait}, at {timestamp(at)}", "waiting"
    elif outcome == Outcome.PUBLISHED:
        how = "replayed by an operator: " if line.get(LogField.REPLAYED) else ""
        message = f"SNS message {line.get(LogField.SNS_MESSAGE_ID)}"
        what = f"{how}redelivery {number} to {webhook} published: {message}"
    elif outcome == Outcome.DEAD_LETTERED:
        times = "1 redelivery" if number == 2 else f"{number - 1} redeliveries"
        what, mark = f"dead-lettered for {webhook} after {times}: it is on dead-webhooks", "failed"
    elif outcome == Outcome.DROPPED:
        what, mark = "dropped: its webhook was deleted, or it was a test event", "failed"
    else:
        again = line.get(LogField.HIDDEN_SECONDS)
        when = f"in {again} s" if again else "after the visibility timeout"
        what, mark = f"redelivery {number} to {webhook} failed, next attempt {when}", "retry"
    yield Entry(time=time, where="redelivery", what=what, mark=mark, details=_details(line))


def _details(line: LogLine) -> dict[str, object]:
    names = (
        LogField.EVENT_ID,
        LogField.SNS_MESSAGE_ID,
        LogField.AUDIENCE,
        LogField.WEBHOOK_ID,
        LogField.REDELIVERIES,
    )
    return {name: line.get(name) for name in names if line.get(name) is not None}
