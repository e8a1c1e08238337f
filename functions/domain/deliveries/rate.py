"""How fast events are published again for one webhook.

The generic cell rate algorithm: one instant says how far into the future the rate is used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.deliveries.webhook_state import WebhookState

# So much may be made up for at once after a pause between two runs.
_BURST = timedelta(seconds=10)
_SMALLEST_RATE_WITH_BURST = 60
_MINUTE = timedelta(minutes=1)
# Where the rate is used up: a turn reads and writes the state, whether it publishes one event or twenty.
_PAUSE = timedelta(seconds=2)


def reserve(
    state: WebhookState, wanted: int, now: datetime, max_per_minute: int
) -> tuple[int, WebhookState, datetime]:
    """Return how many publications are granted, the state to store before them, and when the next ones are.

    In no minute are there more than `max_per_minute`, bursts included, if `count_late` is then given the
    times of those that were made.
    """
    burst, interval = _pace(max_per_minute)
    used_until = max(state.rate_used_until or now, now)
    granted = min(wanted, max(0, (now + burst - used_until) // interval + 1))
    used_until = _round_up(used_until + granted * interval)
    next_at = max(now, used_until - burst)
    if granted < wanted and burst:
        next_at = max(next_at, now + _PAUSE)
    return granted, replace(state, rate_used_until=used_until), next_at


def count_late(
    state: WebhookState, published: Sequence[datetime], max_per_minute: int
) -> tuple[WebhookState, datetime]:
    """Return the state after the publications that were granted last, and when the next ones are.

    They may have taken longer than the rate allows for: what follows must keep its distance from when they
    were made, and not from when they were granted.
    """
    burst, interval = _pace(max_per_minute)
    used = [each + (len(published) - place) * interval for place, each in enumerate(published)]
    used_until = max([*used, state.rate_used_until] if state.rate_used_until else used)
    used_until = _round_up(used_until)
    return replace(state, rate_used_until=used_until), used_until - burst


def _round_up(instant: datetime) -> datetime:
    """Return a full millisecond: what is stored loses what is below, hundreds of times a minute."""
    return instant + timedelta(microseconds=-instant.microsecond % 1000)


def _pace(max_per_minute: int) -> tuple[timedelta, timedelta]:
    if max_per_minute < _SMALLEST_RATE_WITH_BURST:
        return timedelta(0), _MINUTE / max_per_minute
    return _BURST, (_MINUTE + _BURST) / (max_per_minute - 1)
