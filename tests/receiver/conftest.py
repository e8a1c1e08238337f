"""A running sample server with two webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from receiver import Trust
from receiver.hooks import Attempt
from receiver.server import SampleServer

from .posting import sns_web
from .signing import (
    TOPIC,
)


@pytest.fixture
def attempts() -> list[Attempt]:
    return []


@pytest.fixture
def server(attempts: list[Attempt]) -> Iterator[SampleServer]:
    trust = Trust(topic_arns={TOPIC})
    with SampleServer(
        trust, hooks=("orders", "audit"), on_attempt=attempts.append, fetch=sns_web()
    ) as server:
        yield server
