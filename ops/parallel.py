"""Several calls to AWS at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_WORKERS = 8


def in_parallel(
    call: Callable[[Asked], Answer], asked: Iterable[Asked], workers: int = _WORKERS
) -> list[Answer]:
    """Return what `call` returns for each, in their order. The calls have the caller's context variables."""
    with ThreadPoolExecutor(workers) as pool:
        return [each.result() for each in [pool.submit(copy_context().run, call, one) for one in asked]]
