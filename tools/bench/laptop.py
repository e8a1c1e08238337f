"""Latency, throughput and memory of chains on the laptop, measured in turns."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
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
    """Orders that eight clients post as quickly as they can, until the last event is delivered.

    `accepted` is the median until the 202, in milliseconds. `calls` (of AWS, by functions) and `processor`
    (milliseconds) are what an order has cost when nothing more is done for it, and `memory_megabytes` is what
    is in use then; both are those of the emulator and its workers.
    """

    orders: int
    seconds: float
    accepted: float
    calls: float
    processor: float
    memory_megabytes: float

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
    for chain in chains.values():
        # What is still recorded of the last order would count as the next burst's.
        _wait_until_idle(chain)
    return {name: _latency(times) for name, times in found.items()}


def measure_burst(chain: Chain, orders: int) -> Burst:
    """Send a burst of orders through a chain, and wait until nothing more is done for them."""
    emulator = chain.emulator.process.pid
    calls, processor = chain.count_calls(), _processor_seconds(emulator)
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        posted: Sequence[Posted] = list(pool.map(lambda _: chain.post(), range(orders)))
    arrived = chain.receiver.wait_for([each.request_id for each in posted])
    _wait_until_idle(chain)
    return Burst(
        orders=orders,
        seconds=max(arrived.values()) - started,
        accepted=statistics.median(each.seconds for each in posted) * _MILLISECONDS,
        calls=(chain.count_calls() - calls) / orders,
        processor=(_processor_seconds(emulator) - processor) / orders * _MILLISECONDS,
        memory_megabytes=_memory_bytes(emulator) / _MEGABYTE,
    )


def _latency(times: Sequence[tuple[float, float]]) -> Latency:
    accepted, delivered = (statistics.median(each) * _MILLISECONDS for each in zip(*times, strict=True))
    return Latency(accepted=accepted, delivered=delivered)


def _wait_until_idle(chain: Chain) -> None:
    """Wait until a second has passed without a call of AWS."""
    seen = -1
    while seen != (seen := chain.count_calls()):
        time.sleep(1)


def _memory_bytes(process_id: int) -> float:
    """Add up the resident memory of a process and of those that it started."""
    return _sum_over_processes(process_id, lambda process: int(_words(process / "statm")[1]) * _PAGE_BYTES)


def _processor_seconds(process_id: int) -> float:
    """Add up the processor time of a process and of those that it started."""
    ticks_per_second = os.sysconf("SC_CLK_TCK")

    def seconds(process: Path) -> float:
        # Behind the name, which may have spaces, user and system time are the 12th and 13th word.
        words = (process / "stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / ticks_per_second

    return _sum_over_processes(process_id, seconds)


def _sum_over_processes(process_id: int, measure: Callable[[Path], float]) -> float:
    process = Path(f"/proc/{process_id}")
    try:
        own = measure(process)
        # A thread of the emulator starts the workers: each thread has children of its own.
        started = [int(each) for task in process.glob("task/*/children") for each in _words(task)]
    except OSError:  # it ended meanwhile, or this system has no /proc
        return 0
    return own + sum(_sum_over_processes(each, measure) for each in started)


def _words(file: Path) -> list[str]:
    return file.read_text().split()
