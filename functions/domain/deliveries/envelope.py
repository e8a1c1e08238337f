"""Envelopes that SNS has put into the subscriptions' dead-letter queue."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from functions.domain.deliveries.signal import Signal, SignalKind


class UnreadableEnvelope(ValueError):  # noqa: N818 - reads as what it is
    """The message is not an envelope that SNS has written for a webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The body that a webhook should have got. `document` is the event as it was published."""

    sns_message_id: str
    subscription_arn: str
    client_id: str
    event_id: str
    event_type: str
    subject: str
    event_time: str
    document: str
    published_at: datetime

    @property
    def md5(self) -> str:
        """The document's MD5, as in SNS's log entries."""
        return md5_of(self.document)

    def signal(self, webhook_id: str, claim: str | None, at: datetime) -> Signal:
        """Return that SNS has given up on this publication for a webhook."""
        return Signal(
            kind=SignalKind.DEAD_LETTERED,
            webhook_id=webhook_id,
            sns_message_id=self.sns_message_id,
            at=at,
            published_at=self.published_at,
            claim=claim,
            md5=self.md5,
        )


def read_envelope(body: str) -> Envelope:
    """Read an envelope; raise `UnreadableEnvelope`.

    It has no field for the subscription; the URL to unsubscribe does.
    """
    try:
        envelope = json.loads(body)
        (subscription_arn,) = parse_qs(urlsplit(envelope["UnsubscribeURL"]).query)["SubscriptionArn"]
        document = json.loads(envelope["Message"])
        return Envelope(
            sns_message_id=str(envelope["MessageId"]),
            subscription_arn=subscription_arn,
            client_id=str(envelope["MessageAttributes"]["client_id"]["Value"]),
            event_id=str(document["id"]),
            event_type=str(document["type"]),
            subject=str(document["subject"]),
            event_time=str(document["time"]),
            document=str(envelope["Message"]),
            published_at=datetime.fromisoformat(envelope["Timestamp"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableEnvelope(f"not an SNS envelope of ours: {type(error).__name__}") from error


def md5_of(document: str) -> str:
    """Return the MD5 of a document as SNS logs it: it identifies, and protects nothing."""
    return hashlib.md5(document.encode(), usedforsecurity=False).hexdigest()
