"""A moto account for the handlers, and what they log."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from functions.runtime.log import logger
from tests.support.interface import check_reply, operations
from tests.support.moto_cloud import cloud, context

__all__ = ["cloud", "context"]


@pytest.fixture(autouse=True)
def fresh_logger() -> None:
    """A logger keeps the output it was made with, and each test has its own."""
    logger.cache_clear()
    logging.Logger.manager.loggerDict.pop("order-webhooks", None)


@pytest.fixture(autouse=True)
def documented_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reply of a function in these tests is one that the OpenAPI document describes."""

    def documented(operation_id: str, handle: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any) -> Any:
            reply = handle(*arguments)
            check_reply(operation_id, reply, json.loads(reply["body"]) if "body" in reply else None)
            return reply

        return checked

    for *_, operation in operations():
        operation_id = operation["operationId"]
        handler = importlib.import_module(f"functions.handlers.{operation_id}")
        monkeypatch.setattr(handler, "handle", documented(operation_id, handler.handle))


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The structured lines logged so far, without metrics."""
    return lambda: [line for line in _logged(capsys) if "_aws" not in line]


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The metrics counted so far, each by its namespace, its dimensions and its value."""
    return lambda: [_as_cloudwatch_reads(line) for line in _logged(capsys) if "_aws" in line]


def _logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def _as_cloudwatch_reads(line: dict[str, Any]) -> dict[str, Any]:
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    (metric,), (dimensions,) = directive["Metrics"], directive["Dimensions"]
    by = {name: line[name] for name in dimensions}
    return {"namespace": directive["Namespace"], **by, metric["Name"]: line[metric["Name"]]}
