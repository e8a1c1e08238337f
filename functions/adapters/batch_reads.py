"""Reads of many items by their keys."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from functions.domain.outage import ServiceUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_MOST_KEYS = 100
_ATTEMPTS = 6
_FIRST_DELAY_SECONDS = 0.05


def read_items(
    client: DynamoDBClient,
    table_name: str,
    keys: Iterable[dict[str, Any]],
    *,
    consistent: bool,
    projection: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """Yield the items that exist, in any order; the keys must be different.

    `projection` has DynamoDB's arguments for reading some attributes alone. DynamoDB leaves keys unprocessed
    where it is throttled or the answer would be too large: they are asked for again, a little later each
    time. Raises `ServiceUnavailable`.
    """
    wanted = list(keys)
    for start in range(0, len(wanted), _MOST_KEYS):
        part = wanted[start : start + _MOST_KEYS]
        yield from _read(client, table_name, part, {"ConsistentRead": consistent, **projection})


def _read(
    client: DynamoDBClient, table_name: str, keys: Sequence[dict[str, Any]], options: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    for attempt in range(_ATTEMPTS):
        asked: Any = {"Keys": list(keys), **options}
        answer = client.batch_get_item(RequestItems={table_name: asked})
        yield from answer["Responses"].get(table_name, [])
        unprocessed = answer.get("UnprocessedKeys") or {}
        if table_name not in unprocessed:
            return
        keys = unprocessed[table_name]["Keys"]
        time.sleep(_FIRST_DELAY_SECONDS * 2**attempt * (1 - random.random() / 2))  # noqa: S311 - no secret
    raise ServiceUnavailable(f"DynamoDB left {len(keys)} keys unprocessed")
