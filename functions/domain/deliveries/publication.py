"""Rows and their publications: a row is claimed, the event is published, the message ID is stored.

A function that is killed in between leaves a claim, whose deadline publishes the event once more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.timing import CLAIM_TIMEOUT, Timing

# SNS's clock may be behind the one that the claim was made by.
_CLOCK_DIFFERENCE = timedelta(minutes=1)


def first_claim(event_id: str) -> str:
    """Return the token of an event's first publication: the same in every retry and every second run."""
    return f"first#{event_id}"


def publishing(row: Row, now: datetime, timing: Timing) -> Row:
    """Return a new row as it is stored before its event's first publication, claimed.

    Its deadline is the long one, so that nothing is written between the publication and its success.
    """
    return replace(
        row,
        state=RowState.PENDING,
        claim=first_claim(row.event_id),
        claimed_at=now,
        published_at=now,
        publications=1,
        deadline_at=now + timing.signal_timeout,
    )


def claim(row: Row, token: str, trigger: Trigger, now: datetime) -> Row | None:
    """Return the row claimed for one more publication, or None where it has a publication or has ended.

    A client's own request (`redeliver`) is fulfilled in every state: a delivered row then stays delivered.
    """
    if not row.is_due_listed and trigger is not Trigger.REDELIVER:
        return None
    claimed = replace(
        row, claim=token, claimed_at=now, published_at=None, sns_message_id=None, trigger=trigger
    )
    if row.state is RowState.DELIVERED:
        return claimed
    return replace(
        claimed,
        state=RowState.PENDING,
        deadline_at=now + CLAIM_TIMEOUT,
        due_at=None,
        silent_at=None,
        reason=None,
        failed_at=None,
        dead_at=None,
    )


def record_publication(row: Row, token: str, sns_message_id: str, now: datetime, timing: Timing) -> Row:
    """Return the row with its publication's message ID and the long deadline.

    A row that a signal was faster to change keeps its state, and one that was claimed again is unchanged.
    """
    if row.claim != token or row.sns_message_id is not None:
        return row
    published = replace(
        row, sns_message_id=sns_message_id, published_at=now, publications=row.publications + 1
    )
    if row.state is not RowState.PENDING:
        return published
    return replace(published, deadline_at=now + timing.signal_timeout)


def is_current(row: Row, signal: Signal) -> bool:
    """Whether a signal reports on the row's latest publication.

    A signal whose message ID was never stored does so where the row's own message ID is unknown too, and
    the publication is not older than the claim.
    """
    if row.sns_message_id is not None and row.sns_message_id == signal.sns_message_id:
        return True
    if signal.claim is not None:
        return signal.claim == row.claim
    if row.sns_message_id is not None or row.claimed_at is None:
        return False
    return (signal.published_at or signal.at) >= row.claimed_at - _CLOCK_DIFFERENCE
