"""A running sample server with two webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from receiver.hooks import Attempt
from receiver.server import SampleServer

from .posting import sns_web
from .signing import make_trust


@pytest.fixture
def attempts() -> list[Attempt]:
    return []


@pytest.fixture
def server(attempts: list[Attempt]) -> Iterator[SampleServer]:
    trust = make_trust()
    with SampleServer(
        {"orders": trust, "audit": trust}, on_attempt=attempts.append, fetch=sns_web()
    ) as server:
        yield server
