"""One page of a DynamoDB query."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

# A filter may leave little of what is read: a page is made of so many queries at most, and then continues
# with the cursor.
_MOST_QUERIES = 10
# What a query with a filter reads.
_READ_AT_ONCE = 200
# A function may answer with 6 MB; beyond that API Gateway answers 500. The rest is for what a reply adds:
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_MOST_BYTES = 4_500_000

Item = dict[str, Any]


def query_page(
    query: Callable[..., Any],
    *,
    limit: int,
    after: Item | None,
    key_attributes: Sequence[str],
    is_filtered: bool,
) -> tuple[list[Item], Item | None]:
    """Return at most `limit` items after a key, and the key to continue after: None at the list's end.

    Items and keys are as DynamoDB has them. `query` is a client's `query` with everything but `Limit` and
    `ExclusiveStartKey`. `key_attributes` are those of the table's and the index's key. With a filter there
    may be fewer items than `limit`, or none, though more follow; with large items there may be fewer too.
    """
    found: list[Item] = []
    size_bytes = 0
    for _ in range(_MOST_QUERIES):
        start = {"ExclusiveStartKey": after} if after else {}
        # One more than the page has shows whether it is the last.
        answer = query(Limit=_READ_AT_ONCE if is_filtered else limit - len(found) + 1, **start)
        for item in answer["Items"]:
            size_bytes += _bytes_in_reply(item)
            if len(found) == limit or (found and size_bytes > _MOST_BYTES):
                return found, {name: found[-1][name] for name in key_attributes}
            found.append(item)
        after = answer.get("LastEvaluatedKey")
        if after is None:
            break
    return found, after


def _bytes_in_reply(item: Item) -> int:
    """Return at least what an item needs in a reply: a JSON text, within the JSON that Lambda sends."""
    return len(json.dumps(json.dumps(item, ensure_ascii=False)))
