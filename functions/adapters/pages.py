"""One page of a DynamoDB query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# A filter may leave little of what is read: a page is made of so many queries at most, and then continues
# with the cursor.
_MOST_QUERIES = 10
# What a query with a filter reads.
_READ_AT_ONCE = 200

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
    may be fewer items than `limit`, or none, though more follow.
    """
    found: list[Item] = []
    for _ in range(_MOST_QUERIES):
        start = {"ExclusiveStartKey": after} if after else {}
        # One more than the page has shows whether it is the last.
        answer = query(Limit=_READ_AT_ONCE if is_filtered else limit - len(found) + 1, **start)
        found += answer["Items"]
        after = answer.get("LastEvaluatedKey")
        if len(found) > limit:
            found = found[:limit]
            after = {name: found[-1][name] for name in key_attributes}
            break
        if after is None:
            break
    return found, after
