from __future__ import annotations

import threading
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


class Worker:
    pass


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


def test_a_worker_that_is_given_back_wakes_one_of_those_that_wait_for_its_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from local.patches import worker_limit

    free = {"busy": [Worker()], "other": [Worker()]}
    calls: list[str] = []

    def lease(name: str, *_args: object, max_concurrency: int, **_more: object) -> tuple[Worker | None, str]:
        assert max_concurrency == 1
        calls.append(name)
        return (free[name].pop(), "reused") if free[name] else (None, "func_cap")

    def acquire(name: str) -> Worker:
        arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
        return worker_limit.acquire(name, {"FunctionArn": arn}, b"")[0]

    def release(name: str, worker: Worker) -> None:
        monkeypatch.setattr(worker_limit, "_release", free[name].append)
        worker_limit.release(worker)

    monkeypatch.setattr(worker_limit, "_acquire", lease)
    monkeypatch.setenv(worker_limit.SETTING, "1")
    worker = acquire("busy")
    served: list[Worker] = []
    for _ in range(BURST):
        # A thread of a pool would be joined, also where it is never woken.
        threading.Thread(target=lambda: served.append(acquire("busy")), daemon=True).start()
    wait_for(lambda: calls.count("busy") == 1 + BURST)
    release("other", acquire("other"))
    for wanted in range(1, BURST):
        release("busy", worker)
        wait_for(lambda wanted=wanted: len(served) == wanted)
    # Each of those that waited was refused once, and asked again only when the worker was there for it.
    assert calls.count("busy") == BURST + BURST
    # An emulator that has removed a broken worker gives nothing back.
    free["busy"].append(Worker())
    worker_limit.release(None)
    wait_for(lambda: len(served) == BURST)
