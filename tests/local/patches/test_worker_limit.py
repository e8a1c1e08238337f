from __future__ import annotations

from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor

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


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One worker, which is leased, instead of the emulator's; return the functions that looked for it."""
    from local.patches import worker_limit

    free: list[str] = []
    found: list[str] = []

    def lease(name: str, *_: object, max_concurrency: int, **_more: object) -> tuple[str | None, str]:
        assert max_concurrency == 1
        found.append(name)
        return (free.pop(), "reused") if free else (None, "func_cap")

    monkeypatch.setattr(worker_limit, "_acquire", lease)
    monkeypatch.setattr(worker_limit, "_release", free.append)
    monkeypatch.setattr(worker_limit, "_lines", defaultdict(deque))
    monkeypatch.setenv(worker_limit.SETTING, "1")
    worker_limit.release("the worker")
    assert worker_limit.acquire("function", {}, b"") == ("the worker", "reused")
    found.clear()
    return found


def test_invocations_wait_in_line_and_only_the_first_looks_for_a_worker(looks: list[str]) -> None:
    from local.patches import worker_limit

    arrived = ["first", "second", "third"]
    served: list[str] = []

    def invoke_as(name: str) -> None:
        worker, _ = worker_limit.acquire("function", {}, b"")
        served.append(name)
        worker_limit.release(worker)

    with ThreadPoolExecutor(len(arrived)) as threads:
        for place, name in enumerate(arrived, start=1):
            threads.submit(invoke_as, name)
            wait_for(lambda place=place: len(worker_limit._lines["function", "$LATEST"]) == place)
        wait_for(lambda: looks)
        looks_of_three = len(looks)
        worker_limit.release("the worker")
    assert served == arrived
    assert looks_of_three == 1


def test_a_function_does_not_wait_for_workers_of_another(looks: list[str]) -> None:
    from local.patches import worker_limit

    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(worker_limit.acquire, "function", {}, b"")
        wait_for(lambda: "function" in looks)
        worker_limit._release("another")
        other = threads.submit(worker_limit.acquire, "another function", {}, b"")
        served = other.result(timeout=60)
        still_waits = not waiting.done()
        worker_limit.release("the worker")
    assert served == ("another", "reused")
    assert still_waits
    assert waiting.result() == ("the worker", "reused")


def test_an_invocation_that_fails_to_get_a_worker_leaves_the_line(
    looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from local.patches import worker_limit

    def break_down(*_: object, **_more: object) -> None:
        raise OSError("no process can be started")

    lease = worker_limit._acquire
    monkeypatch.setattr(worker_limit, "_acquire", break_down)
    with pytest.raises(OSError, match="no process"):
        worker_limit.acquire("function", {}, b"")
    monkeypatch.setattr(worker_limit, "_acquire", lease)
    worker_limit.release("the worker")
    assert worker_limit.acquire("function", {}, b"") == ("the worker", "reused")
    assert looks == ["function"]
