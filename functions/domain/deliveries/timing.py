"""The durations and limits that deliveries depend on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# A claim without a publication is that of a function that was killed: none runs longer.
CLAIM_TIMEOUT = timedelta(minutes=2)
# How long after its longest delivery policy a publication without a final signal counts as silent. Deliveries
# have been seen 45 minutes late without a failure; CloudWatch Logs' own outages lasted hours.
SIGNAL_DELAY = timedelta(hours=8)
LONGEST_WAIT = timedelta(days=30)
TERMINAL_ROWS_KEPT = timedelta(days=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What the settings say.

    `delays_seconds` is the schedule; each delay starts when SNS has given up on a publication.
    `longest_delivery_seconds` is how long SNS may try with the longest delivery policy, attempts that time
    out and the backlog of a throttle included. `max_per_minute` bounds what is published again for a webhook.
    """

    delays_seconds: tuple[int, ...]
    longest_delivery_seconds: int = 3_600
    disable_after_days: int = 5
    max_per_minute: int = 600

    @property
    def signal_timeout(self) -> timedelta:
        """How long after a publication its final signal may still come."""
        return timedelta(seconds=self.longest_delivery_seconds) + SIGNAL_DELAY

    @property
    def disable_after(self) -> timedelta:
        """How long a webhook may fail without a success before it is disabled."""
        return timedelta(days=self.disable_after_days)
