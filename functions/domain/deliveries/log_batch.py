"""What CloudWatch Logs hands to a function that subscribes to a log group."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_DATA = "DATA_MESSAGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One event of a log group; `logged_at_ms` is in milliseconds since 1970."""

    message: str
    logged_at_ms: int
    log_group: str

    @property
    def logged_at(self) -> datetime:
        """When it was logged."""
        return datetime.fromtimestamp(self.logged_at_ms / 1000, UTC)


def read_log_batch(event: Mapping[str, Any]) -> list[LogEvent]:
    """Return the events of an invocation; CloudWatch's own control messages have none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
    """
    batch = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if batch.get("messageType") != _DATA:
        return []
    return [
        LogEvent(message=each["message"], logged_at_ms=int(each["timestamp"]), log_group=batch["logGroup"])
        for each in batch["logEvents"]
    ]
