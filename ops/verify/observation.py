"""What was seen of one event at a diagnostic webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# The statuses in the paths of the diagnostic webhooks; at `none` SNS has no answer before it stops waiting.
CASES = ("200", "301", "404", "429", "503", "none")
Outcome = Literal["success", "failure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry of SNS's delivery log: in which log group it was, and what it says."""

    outcome: Outcome
    status_code: int | None
    attempts: int
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one webhook was sent of the order's event, and what became of it.

    `requests` counts the webhook's own records, `redirected` those at the place that a redirect names.
    """

    case: str
    requests: int = 0
    redirected: int = 0
    entries: Sequence[LogEntry] = ()
    dead_letters: int = 0

    @property
    def is_retried(self) -> bool:
        """Whether SNS sent the event again."""
        return self.requests > 1

    @property
    def outcomes(self) -> set[Outcome]:
        """The log groups that have an entry."""
        return {each.outcome for each in self.entries}

    def is_finished(self, attempts_planned: int) -> bool:
        """Return whether nothing more is to come, as far as can be known."""
        if self.dead_letters:
            return bool(self.entries)
        return bool(self.entries) and (not self.is_retried or self.requests >= attempts_planned)
