"""A burst waits for a worker instead of starting a hundred of them."""

from __future__ import annotations

import os
import threading
from collections import defaultdict, deque
from typing import Any

from ministack.services import lambda_svc

from local.patches.patch import Patch

SETTING = "EMULATOR_WORKERS_PER_FUNCTION"
_DEFAULT = 2

_acquire = lambda_svc.acquire_worker
_release = lambda_svc.release_worker

# Each function has a line of the invocations that wait, and only the first one looks for a free worker: were
# all woken by each worker that is given back, a burst would take more time for that than for its work.
_Line = deque[threading.Event]
_changing = threading.Lock()
_lines: defaultdict[tuple[str, str], _Line] = defaultdict(deque)
_leased: dict[int, _Line] = {}


def acquire(
    func_name: str, config: dict[str, Any], code_zip: bytes, qualifier: str = "$LATEST"
) -> tuple[lambda_svc.Worker, str]:
    """Lease a worker of the function; at the limit, wait in line until one is free.

    A function that invokes itself and waits for the answer would wait for ever; none of ours does.
    """
    limit = workers_per_function()
    may_look = threading.Event()
    with _changing:
        line = _lines[config.get("FunctionArn", func_name), qualifier]
        line.append(may_look)
        if line[0] is may_look:
            may_look.set()
    try:
        while True:
            may_look.wait()
            may_look.clear()
            with _changing:
                worker, how = _acquire(
                    func_name, config, code_zip, qualifier=qualifier, max_concurrency=limit
                )
                if worker is not None:
                    _leased[id(worker)] = line
                    return worker, how
    finally:
        with _changing:
            line.remove(may_look)
            _let_first_look(line)


def workers_per_function() -> int:
    """Return how many workers a function may have."""
    return int(os.environ.get(SETTING, _DEFAULT))


def release(worker: lambda_svc.Worker | None) -> None:
    """Return a worker, and let the first invocation of its function's line look for it."""
    _release(worker)
    with _changing:
        _let_first_look(_leased.pop(id(worker), deque()))


def _let_first_look(line: _Line) -> None:
    if line:
        line[0].set()


_FAULT = (
    "Each of a burst of invocations gets a process of its own: about a hundred workers and 6 GB for 300 "
    "orders. On AWS the execution environments do not share one machine."
)

PATCHES = (
    Patch(
        fault=_FAULT,
        release="1.5.33",
        module="ministack.services.lambda_svc",
        attribute="acquire_worker",
        source_sha256="5017d144adb5b983050914401f482f2ad1332f4564c96903c20ab7e4defad7da",
        replacement=acquire,
    ),
    Patch(
        fault=_FAULT,
        release="1.5.33",
        module="ministack.services.lambda_svc",
        attribute="release_worker",
        source_sha256="25d5dd7d42b6e30ce6843a33cf159b418d185f46bfa0a76a64268ea83e203cdc",
        replacement=release,
    ),
)
