"""How many publications of each hour had a final signal, were silent and were sent again.

The item of an hour is in the `deliveries` table: its `pk` is `signals`, its `sk` the hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.adapters.items import from_item, to_item
from functions.domain.deliveries.silence import SignalCounts
from functions.domain.instant import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_HOUR = timedelta(hours=1)
# Longer than it is read, for an operator who looks at what happened.
_KEPT = timedelta(days=2)


class SignalCounters:
    """Implements `functions.domain.deliveries.serving.ports.SignalCounters`."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def signal_counts(self, now: datetime) -> SignalCounts:
        """Return the counts of this hour and the last."""
        found = [self._counts(instant) for instant in (now, now - _HOUR)]
        return SignalCounts(
            **{name: sum(each.get(name, 0) for each in found) for name in ("answered", "silent", "resent")}
        )

    def count_signals(self, now: datetime, *, answered: int = 0, silent: int = 0, resent: int = 0) -> None:
        """Add to this hour's counts."""
        counts = {":answered": answered, ":silent": silent, ":resent": resent}
        self._client.update_item(
            TableName=self._table_name,
            Key=_key(now),
            UpdateExpression=(
                "ADD answered :answered, silent :silent, resent :resent "
                "SET expires_at = if_not_exists(expires_at, :expires)"
            ),
            ExpressionAttributeValues=to_item({**counts, ":expires": int((now + _KEPT).timestamp())}),
        )

    def _counts(self, now: datetime) -> dict[str, Any]:
        answer = self._client.get_item(TableName=self._table_name, Key=_key(now), ConsistentRead=True)
        return from_item(answer.get("Item", {}))


def _key(now: datetime) -> dict[str, Any]:
    return to_item({"pk": "signals", "sk": timestamp(now)[:13]})
