"""Latency, throughput and memory of chains on the laptop, measured in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.bench.chain import Chain, Posted

_CLIENTS = 8
_MILLISECONDS = 1000
_MEGABYTE = 1024 * 1024
_PAGE_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Medians of single orders, in milliseconds: until the 202, and until the webhook."""

    accepted: float
    delivered: float


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Orders that eight clients post as quickly as they can, until the last event is delivered."""

    orders: int
    seconds: float
    accepted: float
    """The median until the 202, in milliseconds."""
    memory_megabytes: float
    """Of the emulator and its workers, afterwards."""

    @property
    def per_second(self) -> float:
        """Orders a second."""
        return self.orders / self.seconds


def measure_latency(chains: Mapping[str, Chain], orders: int) -> dict[str, Latency]:
    """Send single orders through each chain in turns."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in chains}
    for _ in range(orders):
        for name, chain in chains.items():
            posted = chain.post()
            arrived = chain.receiver.wait_for([posted.request_id])[posted.request_id]
            found[name].append((posted.seconds, arrived - posted.at))
    return {name: _latency(times) for name, times in found.items()}


def measure_burst(chain: Chain, orders: int) -> Burst:
    """Send a burst of orders through a chain."""
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        posted: Sequence[Posted] = list(pool.map(lambda _: chain.post(), range(orders)))
    arrived = chain.receiver.wait_for([each.request_id for each in posted])
    return Burst(
        orders=orders,
        seconds=max(arrived.values()) - started,
        accepted=statistics.median(each.seconds for each in posted) * _MILLISECONDS,
        memory_megabytes=_memory_bytes(chain.emulator.process.pid) / _MEGABYTE,
    )


def _latency(times: Sequence[tuple[float, float]]) -> Latency:
    accepted, delivered = (statistics.median(each) * _MILLISECONDS for each in zip(*times, strict=True))
    return Latency(accepted=accepted, delivered=delivered)


def _memory_bytes(process_id: int) -> int:
    """Add up the resident memory of a process and of those that it started."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children")
    try:
        own = int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * _PAGE_BYTES
        # A thread of the emulator starts the workers: each thread has children of its own.
        tasks = children.parent.parent.glob("*/children")
        started = [int(each) for task in tasks for each in task.read_text().split()]
    except OSError:  # it ended meanwhile, or this system has no /proc
        return 0
    return own + sum(_memory_bytes(each) for each in started)
