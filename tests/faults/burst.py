"""A burst of orders at a stack whose workflow takes only so many a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import plugged_bucket
from tests.support.chain import Chain, running_chain
from tests.support.orders import order_payload

THREADS = 8
SETTINGS: dict[str, Any] = {
    "functions": {"build_for": "host", "timeout_seconds": 10},
    "queue": {"visibility_timeout_seconds": 60, "max_concurrency": 2},
}


@dataclass(frozen=True)
class Post:
    """One order as it was answered."""

    request_id: str | None
    seconds: float


@contextmanager
def throttled_chain(
    directory: Path, *, size: int, per_second: float, closed_seconds: float = 0.0
) -> Iterator[tuple[Chain, Path]]:
    """Run a stack whose Step Functions has a small bucket; yield it with the bucket's journal."""
    journal = directory / "bucket"
    with running_chain(
        directory,
        stack="burst",
        hooks=["shop"],
        settings=SETTINGS,
        subscribers=[{"name": "shop", "client_id": "shop"}],
        plugs=["tests.faults.plugged_bucket"],
        environment=plugged_bucket.environment(
            journal, size=size, per_second=per_second, closed_seconds=closed_seconds
        ),
    ) as chain:
        yield chain, journal


def post(chain: Chain, number: int) -> Post:
    """Post one order and take the time."""
    started = time.perf_counter()
    answer = chain.post(order_payload(reference=f"burst-{number}"))
    seconds = time.perf_counter() - started
    return Post(answer.body["request_id"] if answer.status == 202 else None, seconds)


def burst(chain: Chain, orders: int) -> list[Post]:
    """Post orders as quickly as the API takes them."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda number: post(chain, number), range(orders)))
