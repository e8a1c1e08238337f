"""The `deliveries` table: rows, events and SNS messages; `delivery_items` has its keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.adapters.batch_reads import read_items
from functions.adapters.delivery_items import (
    Item,
    attempt_item,
    event_item,
    event_key,
    event_of,
    message_item,
    message_key,
    message_of,
    row_item,
    row_key,
    row_of,
    state_item,
    state_key,
    state_of,
    webhook_key,
)
from functions.adapters.items import to_item
from functions.domain.deliveries.row import Attempt, Row
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.instant import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# boto3 keeps ten connections; a client may have a hundred webhooks.
_WRITERS = 8
# A search by a document's MD5 reads so many pages at most: it is for entries whose message was never stored.
_SEARCHED_PAGES = 20

RowKey = tuple[str, str]
"""A webhook's ID and `Row.key`."""


class DeliveriesTable:
    """Rows by webhook and event, events by ID, and SNS messages by their IDs."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def create_event(self, event: StoredEvent, now: datetime) -> StoredEvent | None:
        """Store a new event; where it is stored already, change nothing and return what is stored."""
        existing = self._create(event_item(event, now))
        return None if existing is None else event_of(existing)

    def find_event(self, event_id: str) -> StoredEvent | None:
        """Return an event, or None."""
        item = self._get(event_key(event_id))
        return None if item is None else event_of(item)

    def record_topic(self, event_id: str, topic_arn: str, sns_message_id: str) -> None:
        """Remember that an event's first publication to a topic was made."""
        self._client.update_item(
            TableName=self._table_name,
            Key=event_key(event_id),
            UpdateExpression="SET topics_published.#topic = :message",
            ExpressionAttributeNames={"#topic": topic_arn},
            ExpressionAttributeValues=to_item({":message": sns_message_id}),
        )

    def create_rows(self, rows: Sequence[Row]) -> list[Row]:
        """Store new rows and return every row as it is stored: one that exists is never changed."""
        if len(rows) <= 1:
            return [self._create_row(each) for each in rows]
        with ThreadPoolExecutor(max_workers=_WRITERS) as writers:
            return list(writers.map(self._create_row, rows))

    def find_rows(self, keys: Iterable[RowKey], *, consistent: bool = True) -> dict[RowKey, Row]:
        """Return the rows that exist, by their keys."""
        wanted = [row_key(*each) for each in dict.fromkeys(keys)]
        found = read_items(self._client, self._table_name, wanted, consistent=consistent)
        return {(row.webhook_id, row.key): row for row in map(row_of, found)}

    def find_row(self, webhook_id: str, key: str) -> Row | None:
        """Return a row, or None."""
        item = self._get(row_key(webhook_id, key))
        return None if item is None else row_of(item)

    def save_row(self, row: Row) -> Row | None:
        """Store a changed row and return it in its next version; return None where it changed meanwhile."""
        saved = replace(row, version=row.version + 1)
        is_saved = self._save(row_item(saved), row.version, is_new="attribute_exists(pk)")
        return saved if is_saved else None

    def find_state(self, webhook_id: str) -> WebhookState | None:
        """Return a webhook's state, or None."""
        item = self._get(state_key(webhook_id))
        return None if item is None else state_of(item)

    def find_states(self, webhook_ids: Iterable[str]) -> dict[str, WebhookState]:
        """Return the states that exist, by webhook."""
        keys = [state_key(each) for each in dict.fromkeys(webhook_ids)]
        found = read_items(self._client, self._table_name, keys, consistent=True)
        return {state.webhook_id: state for state in map(state_of, found)}

    def save_state(self, state: WebhookState) -> WebhookState | None:
        """Store a new or changed state and return it in its next version; None where it changed meanwhile.

        The state of a new registration replaces that of the last: give it that one's version.
        """
        saved = replace(state, version=state.version + 1)
        is_saved = self._save(state_item(saved), state.version, is_new="attribute_not_exists(pk)")
        return saved if is_saved else None

    def put_message(self, message: Message) -> None:
        """Store what an SNS message published."""
        self._client.put_item(TableName=self._table_name, Item=message_item(message))

    def find_messages(self, sns_message_ids: Iterable[str]) -> dict[str, Message]:
        """Return the messages that are stored, by their IDs.

        A log entry may come within moments of the publication: what is not found is read consistently.
        """
        wanted = dict.fromkeys(sns_message_ids)
        found = {each.sns_message_id: each for each in self._messages(wanted, consistent=False)}
        missing = [each for each in wanted if each not in found]
        return found | {each.sns_message_id: each for each in self._messages(missing, consistent=True)}

    def put_attempt(self, row: Row, attempt: Attempt) -> None:
        """Store an attempt beside its row; a repetition stores the same."""
        self._client.put_item(TableName=self._table_name, Item=attempt_item(row, attempt))

    def find_row_by_md5(self, webhook_id: str, md5: str, before: datetime) -> Row | None:
        """Return the newest row of a webhook with this document, of an event of before an instant."""
        # "~" sorts after every character of an event's ID.
        newest = f"{timestamp(before)}#~"
        for row in self._rows_of(webhook_id, newest):
            if row.document_md5 == md5:
                return row
        return None

    def _create_row(self, row: Row) -> Row:
        existing = self._create(row_item(row))
        return row if existing is None else row_of(existing)

    def _create(self, item: Item) -> Item | None:
        """Put an item that does not exist; return the one that does."""
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            stored: Any = error.response.get("Item")
            return stored or self._get({"pk": item["pk"], "sk": item["sk"]})
        return None

    def _save(self, item: Item, version: int, *, is_new: str) -> bool:
        """Put an item if the stored one has the version; `is_new` is the condition for version 0."""
        condition: dict[str, Any] = {"ConditionExpression": f"{is_new} AND attribute_not_exists(version)"}
        if version:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": to_item({":version": version}),
            }
        try:
            self._client.put_item(TableName=self._table_name, Item=item, **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _get(self, key: Item) -> Item | None:
        return self._client.get_item(TableName=self._table_name, Key=key, ConsistentRead=True).get("Item")

    def _messages(self, sns_message_ids: Iterable[str], *, consistent: bool) -> Iterator[Message]:
        keys = [message_key(each) for each in sns_message_ids]
        return map(message_of, read_items(self._client, self._table_name, keys, consistent=consistent))

    def _rows_of(self, webhook_id: str, newest: str) -> Iterator[Row]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            KeyConditionExpression="pk = :webhook AND sk BETWEEN :first AND :newest",
            ExpressionAttributeValues=to_item(
                {":webhook": webhook_key(webhook_id), ":first": "0", ":newest": newest}
            ),
            ScanIndexForward=False,
        )
        for page, _ in zip(pages, range(_SEARCHED_PAGES), strict=False):
            yield from map(row_of, page["Items"])
