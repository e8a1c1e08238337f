"""SNS: subscriptions, attempts by a delivery policy, and what becomes known of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import count
from random import Random
from typing import Literal

from functions.domain.deliveries.serving.ports import OpenPublication
from functions.domain.deliveries.signal import Signal, SignalKind, is_unavailable, kind_of
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import Recipient
from tests.functions.domain.deliveries.simulation.timeline import Timeline

# Nine attempts within some 40 minutes.
DELAYS = (0, 5, 5, 60, 240, 600, 600, 600)
Receiver = Callable[[StoredEvent, datetime], int | None]


class Confirmation(Enum):
    """Whether a subscription exists and is confirmed."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Undocumented:
    """What AWS does not document."""

    refused: Literal["success", "failure", "dead_lettered"] = "dead_lettered"
    per_attempt: bool = False
    retries_429: bool = True


@dataclass
class SignalPath:
    """How signals travel. Envelopes are repeated and late, but never lost: SQS promises that."""

    random: Random = field(default_factory=lambda: Random(0))
    lost: float = 0.0
    doubled: float = 0.0
    longest_delay_seconds: float = 3.0
    # Between these instants, entries are neither delivered nor written.
    silent: Sequence[tuple[datetime, datetime]] = ()
    # Between these, they are written and not delivered: the subscription filter is disabled.
    unsubscribed: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True)
class Received:
    at: datetime
    webhook_id: str
    event_id: str
    status: int | None
    sns_message_id: str


@dataclass
class _Delivery:
    webhook_id: str
    event: StoredEvent
    sns_message_id: str
    published_at: datetime
    attempt: int = 0


class SimulatedSns:
    """The topic with its subscriptions."""

    def __init__(
        self, timeline: Timeline, path: SignalPath, undocumented: Undocumented, take: Callable[[Signal], None]
    ) -> None:
        self._timeline = timeline
        self._path = path
        self._undocumented = undocumented
        self._take = take
        self._ids = count(1)
        self._log: dict[str, list[Signal]] = defaultdict(list)
        self.receivers: dict[str, Receiver] = {}
        self.confirmations: dict[str, Confirmation] = {}
        self.delays: Sequence[float] = DELAYS
        self.received: list[Received] = []
        self.published: list[tuple[datetime, str, str]] = []

    def publish(self, topic_arn: str, event: StoredEvent, audience: Sequence[str]) -> str:
        """Publish an event; "all" is of subscribers that nobody looks at here."""
        webhook_ids = [each for each in audience if each != "all"]
        if "all" not in audience:
            self.published += [(self._timeline.now, each, event.event_id) for each in webhook_ids]
        return self.publish_to(webhook_ids, event)

    def publish_to(self, webhook_ids: Sequence[str], event: StoredEvent) -> str:
        sns_message_id = f"m{next(self._ids)}"
        for webhook_id in webhook_ids:
            if self.confirmations.get(webhook_id) is Confirmation.CONFIRMED:
                delivery = _Delivery(webhook_id, event, sns_message_id, self._timeline.now)
                self._timeline.after(0.02, lambda delivery=delivery: self._attempt(delivery))
        return sns_message_id

    def pending_confirmation(self, recipient: Recipient) -> bool | None:
        confirmation = self.confirmations[recipient.webhook_id]
        return None if confirmation is Confirmation.GONE else confirmation is Confirmation.PENDING

    def search(self, publications: Sequence[OpenPublication]) -> Sequence[Signal]:
        return [
            signal
            for each in publications
            for signal in self._log[each.sns_message_id]
            if signal.webhook_id == each.webhook_id
        ]

    def _attempt(self, delivery: _Delivery) -> None:
        delivery.attempt += 1
        now = self._timeline.now
        status = self.receivers[delivery.webhook_id](delivery.event, now)
        self.received.append(
            Received(now, delivery.webhook_id, delivery.event.event_id, status, delivery.sns_message_id)
        )
        is_retried = is_unavailable(status) and (status != 429 or self._undocumented.retries_429)
        is_last = not is_retried or delivery.attempt > len(self.delays)
        if is_last or self._undocumented.per_attempt:
            self._enter(delivery, status)
        if not is_last:
            self._timeline.after(self.delays[delivery.attempt - 1], lambda: self._attempt(delivery))
        elif not self._is_received(status) and (
            is_retried or (status != 429 and self._undocumented.refused == "dead_lettered")
        ):
            self._dead_letter(delivery)

    def _is_received(self, status: int | None) -> bool:
        return status is not None and 200 <= status < 300

    def _enter(self, delivery: _Delivery, status: int | None) -> None:
        succeeded = self._is_received(status) or self._undocumented.refused == "success"
        signal = self._signal(delivery, kind_of(status, succeeded=succeeded), status, delivery.attempt)
        now, path = self._timeline.now, self._path
        if any(start <= now < end for start, end in path.silent):
            return
        self._log[delivery.sns_message_id].append(signal)
        if any(start <= now < end for start, end in path.unsubscribed) or path.random.random() < path.lost:
            return
        self._send(signal)

    def _dead_letter(self, delivery: _Delivery) -> None:
        self._send(self._signal(delivery, SignalKind.DEAD_LETTERED, None, None))

    def _send(self, signal: Signal) -> None:
        path = self._path
        copies = 2 if path.random.random() < path.doubled else 1
        for _ in range(copies):
            self._timeline.after(
                path.random.uniform(0.2, path.longest_delay_seconds), lambda: self._take(signal)
            )

    def _signal(
        self, delivery: _Delivery, kind: SignalKind, status: int | None, attempt: int | None
    ) -> Signal:
        return Signal(
            kind=kind,
            webhook_id=delivery.webhook_id,
            sns_message_id=delivery.sns_message_id,
            at=self._timeline.now,
            published_at=delivery.published_at,
            status=status,
            attempt=attempt,
            md5=delivery.event.md5,
        )
