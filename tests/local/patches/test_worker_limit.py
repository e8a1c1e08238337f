from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from local.emulator import Emulator
from tests.support.emulator import create_function, invoke
from tests.support.waiting import wait_for

# Long enough for all of a burst to be there at once.
SOURCE = """
import os, time


def handle(event, context):
    time.sleep(0.3)
    return os.getpid()
"""
BURST = 4


@dataclass(eq=False)
class Worker:
    config: Mapping[str, str]


def burst(emulator: Emulator) -> list[int]:
    function = create_function(emulator, SOURCE)
    with ThreadPoolExecutor(BURST) as threads:
        return list(threads.map(lambda _: invoke(emulator, function), range(BURST)))


def test_a_burst_shares_two_workers(patched: Emulator) -> None:
    answers = burst(patched)

    assert all(isinstance(answer, int) for answer in answers)
    assert len(set(answers)) == 2


def test_stock_starts_a_worker_for_each(stock: Emulator) -> None:
    assert len(set(burst(stock))) > 2


def test_an_invocation_waits_until_a_worker_of_its_function_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from local.patches import worker_limit

    free: list[Worker] = []
    calls: list[object] = []

    def lease(*_args: object, max_concurrency: int, **_more: object) -> tuple[Worker | None, str]:
        assert max_concurrency == 1
        calls.append(None)
        return (free.pop(), "reused") if free else (None, "func_cap")

    monkeypatch.setattr(worker_limit, "_acquire", lease)
    worker, other = Worker({"FunctionArn": "arn:waited-for"}), Worker({"FunctionArn": "arn:other"})
    monkeypatch.setattr(worker_limit, "_release", lambda each: free.append(each) if each is worker else None)
    monkeypatch.setenv(worker_limit.SETTING, "1")
    with ThreadPoolExecutor(BURST) as threads:
        waiting = [threads.submit(worker_limit.acquire, "function", worker.config, b"") for _ in range(BURST)]
        wait_for(lambda: len(calls) == BURST)
        worker_limit.release(other)
        for given_back in range(1, BURST + 1):
            worker_limit.release(worker)
            wait_for(lambda given_back=given_back: sum(each.done() for each in waiting) == given_back)
        assert {each.result(timeout=10) for each in waiting} == {(worker, "reused")}
    # Each was refused once, and asked again only when a worker was there for it.
    assert len(calls) == 2 * BURST
