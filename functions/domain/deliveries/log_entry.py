"""SNS's delivery log entries, as signals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.domain.deliveries.signal import LONGEST_RESPONSE, Signal, kind_of

# The query parameter that functions.domain.webhook_url adds to every endpoint.
_WEBHOOK_ID = "webhook_id"
_FAILURES = "/Failure"


class UnreadableEntry(ValueError):  # noqa: N818 - reads as what it is
    """The log event is not a delivery log entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry. `destination` is the endpoint; `webhook_id` is the one in its query, where it is logged."""

    sns_message_id: str
    md5: str
    destination: str
    webhook_id: str | None
    status: int | None
    succeeded: bool
    response: str
    attempt: int
    duration_ms: int | None
    at: datetime
    published_at: datetime

    def signal(self, webhook_id: str, claim: str | None) -> Signal:
        """Return what the entry says of a webhook's publication; `claim` is the message item's, if known."""
        return Signal(
            kind=kind_of(self.status, succeeded=self.succeeded),
            webhook_id=webhook_id,
            sns_message_id=self.sns_message_id,
            at=self.at,
            published_at=self.published_at,
            claim=claim,
            status=self.status,
            response=self.response,
            attempt=self.attempt,
            duration_ms=self.duration_ms,
            md5=self.md5,
        )


def read_entry(message: str, *, logged_at: datetime, log_group: str) -> LogEntry:
    """Read an entry of either log group; raise `UnreadableEntry`.

    SNS documents the fields with one example alone, so what is not needed may be missing.
    https://docs.aws.amazon.com/sns/latest/dg/msg-status-topics.html
    """
    try:
        document = json.loads(message)
        notification, delivery = document["notification"], document["delivery"]
        destination = str(delivery["destination"])
        status = delivery.get("statusCode")
        dwell_ms = delivery.get("dwellTimeMs")
        return LogEntry(
            sns_message_id=str(notification["messageId"]),
            md5=str(notification.get("messageMD5Sum") or ""),
            destination=destination,
            webhook_id=_webhook_id(destination),
            # Where there was no answer, the status is missing; 0 would be none either.
            status=int(status) if status else None,
            succeeded=_succeeded(document, log_group),
            response=_text(delivery.get("providerResponse"))[:LONGEST_RESPONSE],
            attempt=max(1, int(delivery.get("attempts") or 1)),
            duration_ms=None if dwell_ms is None else int(dwell_ms),
            at=logged_at,
            published_at=_published_at(notification.get("timestamp"), logged_at, dwell_ms),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableEntry(f"not a delivery log entry: {type(error).__name__}") from error


def _succeeded(document: dict[str, Any], log_group: str) -> bool:
    status = document.get("status")
    return status == "SUCCESS" if status else not log_group.endswith(_FAILURES)


def _webhook_id(destination: str) -> str | None:
    named = parse_qs(urlsplit(destination).query).get(_WEBHOOK_ID)
    return named[-1] if named else None


def _text(response: Any) -> str:  # noqa: ANN401 - any JSON value
    if response is None:
        return ""
    return response if isinstance(response, str) else json.dumps(response)


def _published_at(text: Any, logged_at: datetime, dwell_ms: Any) -> datetime:  # noqa: ANN401 - any JSON value
    if isinstance(text, str):
        # Such as "2026-11-25 09:30:00.123", in UTC.
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return logged_at - timedelta(milliseconds=int(dwell_ms or 0))
