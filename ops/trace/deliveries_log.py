"""SNS's delivery status log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ops.instants import read_instant
from ops.logs import Logs, pattern_of
from ops.target import Target
from ops.trace.events import Publication
from ops.trace.sources import DeliveryEntry

_MARGIN = timedelta(minutes=1)
# A filter pattern ends at 1,024 characters; one of these conditions has some seventy.
_IDS_AT_ONCE = 10


def delivery_log_groups(target: Target) -> list[str]:
    """Return the log groups of the topics' successes and failures: SNS gives them their names.

    https://docs.aws.amazon.com/sns/latest/dg/topics-attrib.html
    """
    groups = []
    for topic_arn in target.output("topic_arns"):
        _, _, _, region, account, topic = str(topic_arn).split(":")
        groups += [f"sns/{region}/{account}/{topic}", f"sns/{region}/{account}/{topic}/Failure"]
    return groups


def read_deliveries(target: Target, published: Sequence[Publication]) -> list[DeliveryEntry]:
    """Return the entries of all deliveries of some publications, in the order of their times."""
    logs = Logs(target)
    start = min(each.time for each in published) - _MARGIN
    ids = [each.sns_message_id for each in published]
    entries = [
        entry
        for group in delivery_log_groups(target)
        for some in _at_once(ids)
        for entry in _read(logs, group, some, start)
    ]
    return sorted(entries, key=lambda entry: entry.time)


def entry_of(time: datetime, document: dict[str, Any]) -> DeliveryEntry:
    """Read one entry."""
    delivery, notification = document["delivery"], document["notification"]
    dwell_ms = float(delivery.get("dwellTimeMs") or 0)
    published_at = notification.get("timestamp")
    return DeliveryEntry(
        time=time,
        published_at=read_instant(published_at) if published_at else time - timedelta(milliseconds=dwell_ms),
        message_id=notification["messageId"],
        destination=delivery["destination"],
        succeeded=document.get("status") == "SUCCESS",
        attempts=int(delivery.get("attempts") or 1),
        dwell_seconds=dwell_ms / 1000,
        status_code=delivery.get("statusCode"),
        response=str(delivery.get("providerResponse") or ""),
    )


def _read(logs: Logs, group: str, ids: Sequence[str], start: datetime) -> Iterator[DeliveryEntry]:
    pattern = pattern_of(("$.notification.messageId", each) for each in ids)
    for time, document in logs.of_group(group, pattern, start):
        if document.get("notification", {}).get("messageId") in ids:
            yield entry_of(time, document)


def _at_once(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[first : first + _IDS_AT_ONCE]
