"""The attempts at an order's webhooks: the one place that knows where they are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.trace.deliveries import is_tried_again, place_of, webhook_of
from ops.trace.entry import Mark
from ops.trace.sources import DeliveryEntry, Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to a webhook, or all of a message's where only their end is recorded (`of`).

    Without a `status` there was no answer. `next_at` is known on the laptop only.
    """

    webhook_id: str | None
    place: str
    """The URL without its query, in which a client may have a secret."""
    started_at: datetime
    ended_at: datetime
    number: int
    of: int = 1
    status: int | None
    mark: Mark
    """`retry` where SNS tries again, `failed` where it does not."""
    next_at: datetime | None = None


def read_attempts(sources: Sources) -> Sequence[Attempt]:
    """Return the attempts that SNS has logged, by time."""
    by_delivery: dict[tuple[str, str], list[DeliveryEntry]] = {}
    for entry in sources.deliveries:
        by_delivery.setdefault((entry.message_id, entry.destination), []).append(entry)
    found = [each for entries in by_delivery.values() for each in _attempts(entries, sources)]
    return sorted(found, key=lambda each: each.started_at)


def _attempts(entries: Sequence[DeliveryEntry], sources: Sources) -> list[Attempt]:
    """Return one delivery's: SNS may log each attempt, or the last with how many there were."""
    found: list[Attempt] = []
    for entry in sorted(entries, key=lambda each: each.attempts):
        earlier = found[-1].number if found else 0
        started_at = found[-1].ended_at if found else entry.published_at
        found.append(
            Attempt(
                webhook_id=webhook_of(entry.destination, sources.webhooks),
                place=place_of(entry.destination),
                started_at=min(started_at, entry.time),
                ended_at=entry.time,
                number=entry.attempts,
                of=max(1, entry.attempts - earlier),
                status=entry.status_code,
                mark=_mark(entry, sources),
            )
        )
    return found


def _mark(entry: DeliveryEntry, sources: Sources) -> Mark:
    if entry.succeeded:
        return "ok"
    return "retry" if is_tried_again(entry, sources) else "failed"
