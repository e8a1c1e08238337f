"""A moto account for the handlers, and what they log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from functions.handlers import invocation
from tests.support.moto_cloud import cloud, context

__all__ = ["cloud", "context"]


@pytest.fixture(autouse=True)
def fresh_logger() -> None:
    """A logger keeps the output it was made with, and each test has its own."""
    invocation._logger.cache_clear()
    logging.Logger.manager.loggerDict.pop("order-webhooks", None)


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The structured lines logged so far."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    return read
