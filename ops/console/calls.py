"""How many calls to AWS a page makes: the operator pays for them, and AWS limits some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from ops.target import Target

_counting: ContextVar[Calls | None] = ContextVar("counting", default=None)


@dataclass(slots=True)
class Calls:
    """A number of calls, counted by several threads."""

    count: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self.count += 1


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls that are made in the block, also by threads that have its context."""
    calls = Calls()
    token = _counting.set(calls)
    try:
        yield calls
    finally:
        _counting.reset(token)


@dataclass(frozen=True, kw_only=True)
class CountedTarget(Target):
    """A stack whose clients count their calls."""

    def _make_client(self, service: str) -> Any:  # noqa: ANN401 - as its base
        client = super()._make_client(service)
        client.meta.events.register("before-send", _count)
        return client


def _count(**_: Any) -> None:  # noqa: ANN401 - botocore's own types
    calls = _counting.get()
    if calls is not None:
        calls.add()
