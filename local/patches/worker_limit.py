"""A burst waits for a worker instead of starting a hundred of them."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from ministack.core.lambda_runtime import _worker_key as key_of
from ministack.services import lambda_svc

from local.patches.patch import Patch

SETTING = "EMULATOR_WORKERS_PER_FUNCTION"
_DEFAULT = 2

_acquire = lambda_svc.acquire_worker
_release = lambda_svc.release_worker
# For each version of a function: the threads that wait for one of its workers.
_waiting: defaultdict[str, threading.Condition] = defaultdict(threading.Condition)
_leased: MutableMapping[lambda_svc.Worker, threading.Condition] = WeakKeyDictionary()
_making = threading.Lock()


def acquire(
    func_name: str, config: dict[str, Any], code_zip: bytes, qualifier: str = "$LATEST"
) -> tuple[lambda_svc.Worker, str]:
    """Lease a worker of the function; at the limit, wait until one is free.

    A function that invokes itself and waits for the answer would wait for ever; none of ours does.
    """
    limit = workers_per_function()
    with _making:
        released = _waiting[key_of(func_name, config, qualifier)]
    with released:
        while True:
            worker, how = _acquire(func_name, config, code_zip, qualifier=qualifier, max_concurrency=limit)
            if worker is not None:
                _leased[worker] = released
                return worker, how
            released.wait()


def workers_per_function() -> int:
    """Return how many workers a function may have."""
    return int(os.environ.get(SETTING, _DEFAULT))


def release(worker: lambda_svc.Worker | None) -> None:
    """Return a worker, and wake a thread that waits for it."""
    if worker is None:
        # Its caller has removed it, and its pool with it.
        _wake_all()
        return
    released = _leased.pop(worker)
    _release(worker)
    with released:
        # One: hundreds that wake for one worker cost up to half of a burst's processor time.
        released.notify()


def _wake_all() -> None:
    with _making:
        waiting = list(_waiting.values())
    for each in waiting:
        with each:
            each.notify_all()


_FAULT = (
    "Each of a burst of invocations gets a process of its own: about a hundred workers and 6 GB for 300 "
    "orders. On AWS the execution environments do not share one machine."
)

PATCHES = (
    Patch(
        fault=_FAULT,
        module="ministack.services.lambda_svc",
        attribute="acquire_worker",
        source_sha256="5017d144adb5b983050914401f482f2ad1332f4564c96903c20ab7e4defad7da",
        replacement=acquire,
    ),
    Patch(
        fault=_FAULT,
        module="ministack.services.lambda_svc",
        attribute="release_worker",
        source_sha256="25d5dd7d42b6e30ce6843a33cf159b418d185f46bfa0a76a64268ea83e203cdc",
        replacement=release,
    ),
)
