"""What is stored beside the rows: events with their documents, and what each SNS message published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event with its document as it is published.

    `webhook_ids` are its recipients, which never change. `topics_published` has the SNS message ID of the
    first publication by the ARN of its topic.
    """

    event_id: str
    client_id: str
    event_type: str
    subject: str
    event_time: str
    document: str
    md5: str
    webhook_ids: tuple[str, ...] = ()
    topics_published: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one SNS message published, by which its log entries are matched to rows."""

    sns_message_id: str
    event_id: str
    event_time: str
    claim: str
    webhook_ids: tuple[str, ...]
    published_at: datetime
