"""What SNS reports of a publication, whatever its form was: a log entry or a dead-lettered envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# A webhook answers so when it will never want events again.
GONE_STATUS = 410
_TOO_MANY_REQUESTS = 429
LONGEST_RESPONSE = 500


class SignalKind(StrEnum):
    """What a signal says of its publication."""

    SUCCESS = "success"
    FAILED_ATTEMPT = "failed_attempt"
    """An attempt ended in 429, 5xx or no answer: SNS may try again, or has, or has given up."""
    REJECTED = "rejected"
    """A status that SNS does not retry: final."""
    DEAD_LETTERED = "dead_lettered"
    """SNS has put the envelope into the dead-letter queue: final, for a cause that it does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One report on one publication at one webhook.

    `at` is when the log entry was written or the envelope was dead-lettered. `status` is None where there was
    no answer, and always for an envelope. `attempt` counts from 1; an envelope has none. `claim` is the token
    of the publication's message item, or None where the message ID was never stored and the row was found by
    `md5`.
    """

    kind: SignalKind
    webhook_id: str
    sns_message_id: str
    at: datetime
    published_at: datetime | None = None
    claim: str | None = None
    status: int | None = None
    response: str = ""
    attempt: int | None = None
    duration_ms: int | None = None
    md5: str = ""

    @property
    def is_final(self) -> bool:
        """Whether SNS makes no further attempt."""
        return self.kind is not SignalKind.FAILED_ATTEMPT


def kind_of(status: int | None, *, succeeded: bool) -> SignalKind:
    """Return what a log entry means.

    SNS has been seen to log 4xx as successes and as failures, so the status decides. `succeeded` is the
    entry's own status or its log group; a 2xx that SNS calls a failure does not count as received.
    """
    if status is not None and 200 <= status < 300:
        return SignalKind.SUCCESS if succeeded else SignalKind.FAILED_ATTEMPT
    return SignalKind.FAILED_ATTEMPT if is_unavailable(status) else SignalKind.REJECTED


def is_unavailable(status: int | None) -> bool:
    """Whether an attempt says that the webhook is unavailable, and not that it refuses this event."""
    return status is None or status == _TOO_MANY_REQUESTS or 500 <= status < 600
