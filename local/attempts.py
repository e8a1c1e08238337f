"""Delivery attempts, as the emulator's SNS writes them into its attempt log."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_NOTIFICATION = "Notification"
_HANDSHAKE = "SubscriptionConfirmation"
# Enough for days of a laptop; the log itself has them all.
_LONGEST_HISTORY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAttempt:
    """One attempt to deliver a message to a webhook. `url` is without the query.

    The fields of the event are "" where the message has none: a handshake is no event.
    """

    at: datetime
    next_at: datetime | None
    message_type: str
    message_id: str
    url: str
    number: int
    planned: int
    status: int | None
    response: str
    verdict: str
    event_id: str
    event_type: str
    request_id: str
    reference: str

    @property
    def is_handshake(self) -> bool:
        """Whether this asked for the confirmation of a subscription."""
        return self.message_type == _HANDSHAKE

    @property
    def succeeded(self) -> bool:
        """Whether the webhook answered with 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_last(self) -> bool:
        """Whether SNS makes no further attempt for this publication."""
        return self.next_at is None


def read_attempt(line: Mapping[str, Any]) -> LoggedAttempt | None:
    """Return an attempt from a line of the log; None for what ends a subscription."""
    if line["message_type"] not in (_NOTIFICATION, _HANDSHAKE):
        return None
    event = _event_in(line["message"]) if line["message_type"] == _NOTIFICATION else {}
    data = event.get("data")
    return LoggedAttempt(
        at=datetime.fromisoformat(line["time"]),
        next_at=datetime.fromisoformat(line["next_attempt_time"]) if line["next_attempt_time"] else None,
        message_type=line["message_type"],
        message_id=line["message_id"],
        url=line["endpoint"].partition("?")[0],
        number=line["attempt"],
        planned=line["attempts_planned"],
        status=line["status_code"],
        response=line["response"],
        verdict=line["verdict"],
        event_id=str(event.get("id", "")),
        event_type=str(event.get("type", "")),
        request_id=str(event.get("subject", "")),
        reference=str(data.get("reference", "")) if isinstance(data, dict) else "",
    )


class AttemptHistory:
    """The attempts so far; one thread adds, others look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: deque[LoggedAttempt] = deque(maxlen=_LONGEST_HISTORY)

    def add(self, attempt: LoggedAttempt) -> int:
        """Remember an attempt; return how many publications of its event the webhook had before this one."""
        with self._lock:
            self._attempts.append(attempt)
            messages = {
                each.message_id
                for each in self._attempts
                if (each.event_id, each.url) == (attempt.event_id, attempt.url)
            }
        return len(messages - {attempt.message_id})

    def is_handshake_refused(self, url: str) -> bool:
        """Say whether a webhook has refused to confirm, so that SNS does not ask it again."""
        with self._lock:
            handshakes = [each for each in self._attempts if each.is_handshake and each.url == url]
        return bool(handshakes) and handshakes[-1].is_last and not handshakes[-1].succeeded

    def of_order(self, request_id: str, url: str) -> list[LoggedAttempt]:
        """Return the attempts to deliver an order's event to a webhook, oldest first."""
        with self._lock:
            return [each for each in self._attempts if (each.request_id, each.url) == (request_id, url)]


def _event_in(message: str) -> dict[str, Any]:
    event: object = None
    with suppress(ValueError):
        event = json.loads(message)
    return event if isinstance(event, dict) else {}
