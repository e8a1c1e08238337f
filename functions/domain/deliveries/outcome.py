"""What a signal, or a deadline, makes of a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.domain.deliveries.publication import is_current
from functions.domain.deliveries.row import Attempt, Reason, Row, RowState, Trigger
from functions.domain.deliveries.signal import LONGEST_RESPONSE, Signal, SignalKind, is_unavailable
from functions.domain.deliveries.timing import Timing

# The attempts of so many publications are counted exactly; a later entry of an older one is not counted.
_PUBLICATIONS_COUNTED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a signal has changed.

    `attempt` is stored as an item beside the row, under a key that a repetition has too. `work_at` is when
    the webhook must be looked at, at the latest: it is set for every signal of a row that waits, changed or
    not, so that a repetition stores what a killed function has not.
    """

    row: Row
    attempt: Attempt | None = None
    work_at: datetime | None = None


def apply(row: Row, signal: Signal, timing: Timing) -> Change:
    """Return what a signal makes of a row: repeated, late and reordered signals included.

    A success delivers it, from every state. A final failure ends the latest publication alone. Everything
    else is recorded and changes no state.
    """
    attempt = _attempt_of(signal)
    if attempt is not None:
        row = _record(row, attempt, is_latest=is_current(row, signal))
    if signal.kind is SignalKind.SUCCESS:
        row = _deliver(row, signal, attempt)
    elif is_current(row, signal):
        row = _fail(row, signal, timing)
    return Change(
        row=row,
        # The first success is on the row: an item of its own would be a second write for each event.
        attempt=None if attempt is None or attempt == row.delivered else attempt,
        work_at=(row.due_at or signal.at) if row.is_due_listed else None,
    )


def end_publication(row: Row, reason: Reason, at: datetime, timing: Timing) -> Row:
    """Return the row after its publication has failed: retrying by the schedule, or dead.

    Probes do not use up the schedule.
    """
    if row.is_sent_once:
        return end(row, Reason.NOT_RETRIED, at)
    if row.trigger is Trigger.PROBE:
        due_at, retries = at, row.retries
    elif row.retries < len(timing.delays_seconds):
        due_at = at + timedelta(seconds=timing.delays_seconds[row.retries])
        retries = row.retries + 1
    else:
        return end(row, Reason.SCHEDULE_EXHAUSTED, at)
    return replace(
        row,
        state=RowState.RETRYING,
        reason=reason,
        due_at=due_at,
        retries=retries,
        failed_at=at,
        deadline_at=None,
        silent_at=None,
    )


def end(row: Row, reason: Reason, at: datetime) -> Row:
    """Return the row dead."""
    return replace(
        row,
        state=RowState.DEAD,
        reason=reason,
        dead_at=at,
        due_at=None,
        deadline_at=None,
        silent_at=None,
        failed_at=at,
    )


def owed_again(row: Row, trigger: Trigger, *, restart_schedule: bool) -> Row:
    """Return the row due at once."""
    return replace(
        row,
        state=RowState.OWED,
        trigger=trigger,
        retries=0 if restart_schedule else row.retries,
        reason=None,
        due_at=None,
        deadline_at=None,
        silent_at=None,
        failed_at=None,
        dead_at=None,
    )


def _attempt_of(signal: Signal) -> Attempt | None:
    if signal.attempt is None:
        return None
    return Attempt(
        sns_message_id=signal.sns_message_id,
        number=signal.attempt,
        at=signal.at,
        status=signal.status,
        response=signal.response[:LONGEST_RESPONSE],
        duration_ms=signal.duration_ms,
    )


def _record(row: Row, attempt: Attempt, *, is_latest: bool) -> Row:
    """Count an attempt, with those before it whose entries were lost or never written."""
    highest = next((number for each, number in row.counted if each == attempt.sns_message_id), None)
    # Of a full list's other publications nobody knows whether they were counted before.
    is_countable = highest is not None or is_latest or len(row.counted) < _PUBLICATIONS_COUNTED
    if is_countable and attempt.number > (highest or 0):
        others = tuple(each for each in row.counted if each[0] != attempt.sns_message_id)
        row = replace(
            row,
            attempts=row.attempts + attempt.number - (highest or 0),
            counted=(*others[1 - _PUBLICATIONS_COUNTED :], (attempt.sns_message_id, attempt.number)),
        )
    last = row.last_attempt
    if last is None or (attempt.at, attempt.number) > (last.at, last.number):
        row = replace(row, last_attempt=attempt)
    return row


def _deliver(row: Row, signal: Signal, attempt: Attempt | None) -> Row:
    if row.state is RowState.DELIVERED:
        return row
    return replace(
        row,
        state=RowState.DELIVERED,
        delivered=attempt,
        delivered_at=signal.at,
        reason=None,
        due_at=None,
        deadline_at=None,
        silent_at=None,
        failed_at=None,
        dead_at=None,
    )


def _fail(row: Row, signal: Signal, timing: Timing) -> Row:
    if row.state is RowState.PENDING:
        return end_publication(row, _reason(row, signal), signal.at, timing) if signal.is_final else row
    if row.reason is Reason.GAVE_UP:
        # The envelope was faster than the log entry, which says why.
        return replace(row, reason=_reason(row, signal))
    return row


def _reason(row: Row, signal: Signal) -> Reason:
    if signal.kind is SignalKind.REJECTED:
        return Reason.REJECTED
    last = row.last_attempt
    if last is None or last.sns_message_id != signal.sns_message_id:
        return Reason.GAVE_UP
    return Reason.UNAVAILABLE if is_unavailable(last.status) else Reason.REJECTED
