"""Publications without a final signal: silence is not failure.

Where many are silent, the signal path is broken and not the webhooks: resending them all would deliver most
events twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.domain.deliveries.outcome import end, end_publication
from functions.domain.deliveries.row import Reason, Row
from functions.domain.deliveries.signal import Signal, SignalKind, is_unavailable
from functions.domain.deliveries.timing import Timing

# Of all publications; a broken subscription filter silences all of them, a healthy path next to none.
SILENT_PERCENT = 5
# So few silent publications say nothing about the path, and as many are resent without further evidence.
_FEW = 10
_DEFERRAL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCounts:
    """Publications of this hour and the last: with a final signal, found silent, and published once more."""

    answered: int = 0
    silent: int = 0
    resent: int = 0

    @property
    def silent_percent(self) -> float:
        """The share of silent publications; 0 where there are none at all."""
        return 100 * self.silent / max(1, self.answered + self.silent)

    @property
    def is_path_broken(self) -> bool:
        """Whether so many publications are silent that the signals must be what is missing."""
        return self.silent > _FEW and self.silent_percent > SILENT_PERCENT

    @property
    def resendable(self) -> int | None:
        """How many silent publications may be made once more; None is any number.

        Without a single answer nothing shows that the path works: a few resent ones find out.
        """
        if self.is_path_broken:
            return 0
        return None if self.answered else max(0, _FEW - self.resent)


def given_up(row: Row, sns_message_id: str | None) -> Signal | None:
    """Return the final signal that SNS owes for a publication whose attempts are known to have failed.

    SNS may neither retry nor dead-letter a 429. When its time is over, the last attempt is the outcome.
    """
    last = row.last_attempt
    if last is None or sns_message_id is None or last.sns_message_id != sns_message_id:
        return None
    if not is_unavailable(last.status):
        return None
    return Signal(
        kind=SignalKind.DEAD_LETTERED,
        webhook_id=row.webhook_id,
        sns_message_id=sns_message_id,
        at=last.at,
        claim=row.claim,
    )


def defer(row: Row, now: datetime) -> Row:
    """Return a silent row that is not resent now."""
    return postpone(replace(row, silent_at=row.silent_at or now), now)


def postpone(row: Row, now: datetime) -> Row:
    """Return a row whose deadline is looked at later."""
    return replace(row, deadline_at=now + _DEFERRAL)


def resend(row: Row, now: datetime, timing: Timing) -> Row:
    """Return a silent row due at once. It uses a step of the schedule, so it is not resent for ever."""
    if not row.is_sent_once and row.retries >= len(timing.delays_seconds):
        return end(row, Reason.SILENT, now)
    ended = end_publication(row, Reason.SILENT, now, timing)
    return replace(ended, due_at=now) if ended.is_due_listed else ended
