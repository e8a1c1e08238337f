"""A system resolver that does not answer until its test has ended."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from functions.adapters import resolver

# Without a limit on lookups a test fails after this, instead of never.
_LONGEST_SECONDS = 20.0


@contextmanager
def silent_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no lookup end within the limit, which is made short; release the lookups at the end."""
    released = threading.Event()

    def wait(*_: object, **__: object) -> list[object]:
        released.wait(_LONGEST_SECONDS)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 0))]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", wait)
        patch.setattr(resolver, "LONGEST_LOOKUP_SECONDS", 0.05)
        try:
            yield
        finally:
            released.set()
