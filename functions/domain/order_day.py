"""The key of the index `by-day`, in which all orders of a UTC day are found, the newest first."""

from __future__ import annotations

from zlib import crc32

# A key takes 1,000 writes a second, and an index that is throttled throttles its table:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
# Each shard is one more query for a reader.
DAY_SHARDS = 4


def day_shard(created_at: str, request_id: str) -> str:
    """Return an order's shard of its day, such as 2026-11-25#3."""
    return f"{created_at[:10]}#{crc32(request_id.encode()) % DAY_SHARDS}"


def day_shards(day: str) -> list[str]:
    """Return every shard of a day, which is written as 2026-11-25."""
    return [f"{day}#{number}" for number in range(DAY_SHARDS)]
