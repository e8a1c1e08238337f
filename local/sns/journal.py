"""What is written down about deliveries: SNS's own log entries, and one line per attempt for the screen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from local.sns.behaviour import SnsBehaviour
from local.sns.engine import Delivery, DeliveryAttempt, Verdict
from local.sns.messages import NOTIFICATION, format_timestamp

_FAILURE = "Failure"


def choose_log_group(
    topic_attributes: Mapping[str, str], delivery: Delivery, attempt: DeliveryAttempt, random: Random
) -> str:
    """Return the log group that an attempt is logged to, "" where the topic wants no entry.

    A topic logs successes, or the sampled part of them, and failures only if it names a role for each:
    https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
    """
    _, _, _, region, account, topic_name = delivery.topic_arn.split(":")
    group = f"sns/{region}/{account}/{topic_name}"
    if attempt.verdict is not Verdict.DELIVERED:
        return f"{group}/{_FAILURE}" if topic_attributes.get("HTTPFailureFeedbackRoleArn") else ""
    if not topic_attributes.get("HTTPSuccessFeedbackRoleArn"):
        return ""
    # The guide names no default for the rate; a topic that sets none gets none here.
    sample_percent = float(topic_attributes.get("HTTPSuccessFeedbackSampleRate") or 0)
    return group if random.uniform(0, 100) < sample_percent else ""


def wants_log_entry(delivery: Delivery, attempt: DeliveryAttempt, behaviour: SnsBehaviour) -> bool:
    """Return whether SNS logs an attempt: a message's last one, or each of them."""
    if delivery.message_type != NOTIFICATION:
        return False
    return attempt.verdict is not Verdict.RETRY or behaviour.log_entries == "attempt"


def make_log_entry(delivery: Delivery, attempt: DeliveryAttempt, behaviour: SnsBehaviour) -> dict[str, Any]:
    """Return SNS's log entry for an attempt."""
    destination = hide_credentials(delivery.endpoint)
    if not behaviour.destination_query:
        destination = destination.partition("?")[0]
    entry: dict[str, Any] = {
        "notification": {
            "messageMD5Sum": hashlib.md5(delivery.message.encode(), usedforsecurity=False).hexdigest(),
            "messageId": delivery.message_id,
            "topicArn": delivery.topic_arn,
            "timestamp": _format_log_time(delivery.accepted_at),
        },
        "delivery": {
            "deliveryId": delivery.delivery_id,
            "destination": destination,
            "providerResponse": attempt.response,
            "dwellTimeMs": round((attempt.finished_at - delivery.accepted_at) * 1000),
            "attempts": attempt.number,
        },
        "status": "SUCCESS" if attempt.verdict is Verdict.DELIVERED else "FAILURE",
    }
    if attempt.status is not None:
        entry["delivery"]["statusCode"] = attempt.status
    return entry


def make_attempt_line(delivery: Delivery, attempt: DeliveryAttempt) -> dict[str, Any]:
    """Return what the attempt log keeps of one attempt; times in ISO 8601, UTC."""
    return {
        "time": format_timestamp(attempt.started_at),
        "topic_arn": delivery.topic_arn,
        "subscription_arn": delivery.subscription_arn,
        "endpoint": hide_credentials(delivery.endpoint),
        "message_type": delivery.message_type,
        "message_id": delivery.message_id,
        "message": delivery.message,
        "delivery_id": delivery.delivery_id,
        "attempt": attempt.number,
        "attempts_planned": len(delivery.plan.retry_delays_seconds) + 1,
        "status_code": attempt.status,
        "response": attempt.response,
        "duration_ms": round((attempt.finished_at - attempt.started_at) * 1000),
        "verdict": attempt.verdict.value,
        "next_attempt_time": (
            None if attempt.next_attempt_at is None else format_timestamp(attempt.next_attempt_at)
        ),
    }


class AttemptLog:
    """Append one JSON line per attempt to a file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()

    def write(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        """Append an attempt; a reader of the file never sees part of a line."""
        line = json.dumps(make_attempt_line(delivery, attempt), ensure_ascii=False) + "\n"
        with self._lock, self._path.open("ab", buffering=0) as file:
            file.write(line.encode())


def hide_credentials(url: str) -> str:
    """Return a URL without the password that its user part may hold."""
    parts = urlsplit(url)
    if parts.username is None:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.username}:****@{parts.netloc.rpartition('@')[2]}"))


def _format_log_time(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
