"""`logs`: the records of one function, without what is noise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.domain.instant import now
from ops.instants import to_milliseconds
from tests.ops.conftest import MotoStack

DONE = {"level": "INFO", "message": "accept_order", "request_id": "a=", "outcome": "done", "status": 202}
FAILED = {
    "level": "ERROR",
    "request_id": "b=",
    "outcome": "error",
    "exception": "Traceback\nValueError: broken",
}


@pytest.fixture
def logged(stack: MotoStack) -> MotoStack:
    times = to_milliseconds(now())
    stack.log("accept-order", times - 7_200_000, {**DONE, "request_id": "old="})
    for number, fields in enumerate((DONE, FAILED, {"_aws": {}, "OrdersAccepted": [1]})):
        stack.log("accept-order", times - 1_000 + number, fields)
    events = [
        {"timestamp": times - 500, "message": "START RequestId: 1 Version: $LATEST\n"},
        {"timestamp": times - 400, "message": "2026 Task timed out after 10.00 seconds\n\n"},
    ]
    stack.client("logs").put_log_events(
        logGroupName="accept-order-log", logStreamName="one", logEvents=events
    )
    return stack


def records(stack: MotoStack, capsys: Any, *arguments: str) -> list[Any]:
    capsys.readouterr()
    assert stack.run("--json", "logs", "accept-order", *arguments) == 0
    found = [each["record"] for each in json.loads(capsys.readouterr().out)["records"]]
    return [each if isinstance(each, str) else each["request_id"] for each in found]


def test_records_are_shown_by_time(logged: MotoStack, capsys: Any) -> None:
    timed_out = "2026 Task timed out after 10.00 seconds"
    assert records(logged, capsys) == ["a=", "b=", timed_out]
    assert records(logged, capsys, "--since", "3h") == ["old=", "a=", "b=", timed_out]
    assert records(logged, capsys, "--errors") == ["b=", timed_out]
    assert records(logged, capsys, "--limit", "1") == [timed_out]


def test_an_exception_is_shown_below_its_record(logged: MotoStack, capsys: Any) -> None:
    logged.run("logs", "accept-order")
    lines = capsys.readouterr().out.splitlines()
    place = next(number for number, line in enumerate(lines) if "request_id=b=" in line)
    assert lines[place + 1 : place + 3] == ["Traceback", "ValueError: broken"]
    assert " UTC  error  request_id=b=" in lines[place]


def test_a_function_that_does_not_exist_lists_those_that_do(logged: MotoStack, capsys: Any) -> None:
    assert logged.run("logs", "accept_order") == 2
    assert "accept-order, " in capsys.readouterr().err
    assert logged.run("logs", "accept-order", "--request", 'a"b') == 2
