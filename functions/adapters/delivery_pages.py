"""The `deliveries` table as a webhook's owner reads it: pages of rows, and their attempts."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.adapters.delivery_items import attempt_of, attempts_key, row_key, row_of, webhook_key
from functions.adapters.items import from_item, to_item
from functions.adapters.pages import query_page
from functions.domain.deliveries.row import Attempt, Row, RowState
from functions.domain.delivery_view import known_attempts
from functions.domain.page import Page, Position

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = ("pk", "sk")
# boto3 keeps ten connections.
_READERS = 8
# Redelivery makes some ten attempts of each of some ten publications; a client may ask for more.
_MOST_ATTEMPTS = 300


class DeliveryPages:
    """Rows of a webhook, newest first, with their attempts."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def page_of_webhook(
        self,
        webhook_id: str,
        *,
        first: str,
        last: str,
        status: str | None = None,
        after: Position | None = None,
        limit: int,
    ) -> Page[Row]:
        """Return a webhook's rows of events from `first` to `last`; a position is an event's time and ID."""
        values = {":webhook": webhook_key(webhook_id), ":first": first, ":last": f"{last}#~"}
        query: dict[str, Any] = {
            "TableName": self._table_name,
            # "~" sorts after every character of an event's ID.
            "KeyConditionExpression": "pk = :webhook AND sk BETWEEN :first AND :last",
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        if status is not None:
            query |= {"FilterExpression": "#state = :state", "ExpressionAttributeNames": {"#state": "state"}}
            values[":state"] = status
        items, key = query_page(
            functools.partial(self._client.query, **query, ExpressionAttributeValues=to_item(values)),
            limit=limit,
            after=row_key(webhook_id, "#".join(after)) if after else None,
            key_attributes=_KEY,
            is_filtered=status is not None,
        )
        return Page(entries=[row_of(each) for each in items], position=_position(key) if key else None)

    def attempts_of(self, rows: Sequence[Row]) -> list[list[Attempt]]:
        """Return the attempts of each row, the oldest first."""
        with ThreadPoolExecutor(max_workers=_READERS) as readers:
            return list(readers.map(self._attempts, rows))

    def _attempts(self, row: Row) -> list[Attempt]:
        is_whole = row.attempts == 0 or (row.attempts == 1 and row.state is RowState.DELIVERED)
        return known_attempts(row, [] if is_whole else self._stored_attempts(row))

    def _stored_attempts(self, row: Row) -> list[Attempt]:
        answer = self._client.query(
            TableName=self._table_name,
            KeyConditionExpression="pk = :attempts",
            ExpressionAttributeValues=to_item({":attempts": attempts_key(row.webhook_id, row.event_id)}),
            Limit=_MOST_ATTEMPTS,
        )
        return [attempt_of(each) for each in answer["Items"]]


def _position(key: Mapping[str, Any]) -> Position:
    time, _, event_id = str(from_item(key)["sk"]).partition("#")
    return time, event_id
