"""The order's events: published, and where each delivery is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from functions.domain.deliveries.row import Row, RowState
from functions.domain.event import AUDIENCE_ALL
from functions.domain.instant import timestamp
from functions.domain.log_record import LogField
from ops.logs import LogLine
from ops.trace.entry import Entry, Mark
from ops.trace.sources import Sources
from ops.words import number_of

PUBLISH = "inform-client"
REPEAT = "redeliver-order"
# The prefix of the request ID when an operator acts for a client.
OPERATOR = "ops-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One message that SNS accepted: `audience` is "all" or a webhook's ID."""

    time: datetime
    sns_message_id: str
    event_type: str
    audience: str


def publications(sources: Sources) -> list[Publication]:
    """Return every message that SNS accepted for the order, by time."""
    logged = [
        Publication(
            time=line.time,
            sns_message_id=str(line.get(LogField.SNS_MESSAGE_ID)),
            event_type=_type_of(line),
            audience=str(line.get(LogField.AUDIENCE) or line.get(LogField.WEBHOOK_ID) or AUDIENCE_ALL),
        )
        for line in sources.lines_of(PUBLISH, REPEAT)
        if line.get(LogField.SNS_MESSAGE_ID)
    ]
    known = {each.sns_message_id for each in logged}
    # What redeliver has published, of which its log has no record for each event.
    of_rows = [
        Publication(
            time=row.published_at or row.created_at,
            sns_message_id=sns_message_id,
            event_type=row.event_type,
            audience=row.webhook_id,
        )
        for row in sources.rows
        for sns_message_id in {*(each for each, _ in row.counted), row.sns_message_id or ""}
        if sns_message_id and sns_message_id not in known
    ]
    return [*logged, *of_rows]


def event_entries(sources: Sources) -> Iterator[Entry]:
    """Yield each publication that a client or the workflow asked for, and where each delivery is now."""
    for line in sources.lines_of(PUBLISH):
        if line.get(LogField.SNS_MESSAGE_ID):
            yield _published(line, "published", _time_of(line, sources))
    for line in sources.lines_of(REPEAT):
        if line.get(LogField.SNS_MESSAGE_ID):
            by_operator = str(line.get(LogField.REQUEST_ID)).startswith(OPERATOR)
            who = "by an operator" if by_operator else "by its client"
            yield _published(line, f"published again {who}", _time_of(line, sources))
    yield from map(_row, sources.rows)


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


def _row(row: Row) -> Entry:
    """Return where a delivery is now."""
    attempts = f"{number_of(row.attempts, 'attempt')} in {number_of(row.publications, 'publication')}"
    if row.state is RowState.DELIVERED:
        at, mark, what = row.delivered_at, "ok", f"delivered to {row.webhook_id}: {attempts}"
    elif row.state is RowState.DEAD:
        at, mark, what = row.dead_at, "failed", f"given up for {row.webhook_id} ({row.reason}): {attempts}"
    elif row.state is RowState.PENDING:
        at, mark, what = row.claimed_at, "waiting", f"SNS is delivering to {row.webhook_id}: {attempts}"
    else:
        due = "as soon as the webhook receives events" if row.due_at is None else timestamp(row.due_at)
        at, mark = row.failed_at or row.created_at, "waiting"
        what = f"waits for {row.webhook_id}, next publication {due}: {attempts}"
    details = {"event_id": row.event_id, "webhook_id": row.webhook_id, "state": row.state.value}
    return Entry(time=at or row.created_at, where="row", what=what, mark=cast("Mark", mark), details=details)


def _details(line: LogLine) -> dict[str, object]:
    names = (
        LogField.EVENT_ID,
        LogField.SNS_MESSAGE_ID,
        LogField.AUDIENCE,
        LogField.WEBHOOK_ID,
    )
    return {name: line.get(name) for name in names if line.get(name) is not None}
