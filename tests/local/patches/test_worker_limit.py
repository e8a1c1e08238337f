from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.emulator import Emulator
from tests.support.emulator import create_function, invoke

# Long enough for all of a burst to be there at once.
SOURCE = """
import os, time


def handle(event, context):
    time.sleep(0.3)
    return os.getpid()
"""
BURST = 4


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


def test_an_invocation_waits_until_a_worker_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from local.patches import worker_limit

    free: list[str] = []

    def lease(*_args: object, max_concurrency: int, **_more: object) -> tuple[str | None, str]:
        assert max_concurrency == 1
        return (free.pop(), "reused") if free else (None, "func_cap")

    monkeypatch.setattr(worker_limit, "_acquire", lease)
    monkeypatch.setattr(worker_limit, "_release", free.append)
    monkeypatch.setenv(worker_limit.SETTING, "1")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(worker_limit.acquire, "function", {}, b"")
        worker_limit.release("the worker")
        assert waiting.result(timeout=10) == ("the worker", "reused")
