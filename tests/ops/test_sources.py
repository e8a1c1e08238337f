"""How the sources are read: what AWS is asked, and what is made of its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from functions.domain.execution import execution_name
from ops.instants import to_milliseconds
from ops.logs import Logs, pattern_of
from ops.trace.deliveries_log import delivery_log_groups, read_deliveries
from ops.trace.events import Publication
from ops.trace.executions import read_express_executions
from ops.trace.history import history_entries
from tests.ops.conftest import ACCOUNT, REGION
from tests.ops.recorded import REQUEST_ID, START, at

NAME = execution_name(REQUEST_ID)
EXPRESS = f"arn:aws:states:{REGION}:{ACCOUNT}:express:order:{NAME}:"


def logged(seconds: float, document: Any) -> dict[str, Any]:
    text = document if isinstance(document, str) else json.dumps(document)
    return {"timestamp": to_milliseconds(at(seconds)), "message": text}


def express_event(
    number: int, kind: str, seconds: float, run: str = "run-1", **details: Any
) -> dict[str, Any]:
    """As Step Functions writes it: numbers are strings, and the order is nobody's."""
    document = {
        "id": str(number),
        "type": kind,
        "details": details,
        "previous_event_id": str(number - 1),
        "event_timestamp": str(to_milliseconds(at(seconds))),
        "execution_arn": f"{EXPRESS}{run}",
    }
    return logged(9, document)


def test_an_express_execution_is_read_from_its_workflow_s_log(made_up) -> None:
    target = made_up()
    events = [
        express_event(10, "ExecutionSucceeded", 2),
        express_event(1, "ExecutionStarted", 0, input="{}"),
        express_event(2, "TaskStateEntered", 0.5, name="SaveOrder"),
        express_event(3, "TaskScheduled", 0.5),
        express_event(9, "TaskStateExited", 1, name="SaveOrder"),
        express_event(1, "ExecutionStarted", 5, run="run-2"),
        express_event(2, "ExecutionFailed", 6, run="run-2", error="OrderKept", cause="on the queue"),
        express_event(1, "ExecutionStarted", 5, run="of-another") | logged(5, {"execution_arn": "arn:other"}),
    ]
    with Stubber(target.client("logs")) as logs:
        asked = {
            "logGroupName": "order-workflow-log",
            "startTime": to_milliseconds(START),
            "filterPattern": f'{{ $.execution_arn = "{EXPRESS}*" }}',
        }
        logs.add_response("filter_log_events", {"events": events}, asked)
        first, second = read_express_executions(target, REQUEST_ID, START)
    assert [(entry.where, entry.what) for entry in history_entries(first)] == [
        ("execution", f"started as {NAME}"),
        ("SaveOrder", "done, took 500 ms"),
        ("execution", "succeeded after 2.0 s"),
    ]
    assert (first.status, second.status) == ("SUCCEEDED", "FAILED")
    assert list(history_entries(second))[-1].what == "failed after 1.0 s: OrderKept: on the queue"


def test_a_function_s_lines_are_those_of_the_order_and_nothing_else(made_up) -> None:
    target = made_up()
    mine = {"request_id": "me", "timestamp": "2026-11-25 09:30:01,500+0000", "outcome": "done"}
    events = [
        logged(2, {"first_request_id": "me", "timestamp": "no time"}),
        logged(3, mine),
        *(logged(1, text) for text in ("START RequestId: me", '["me"]', json.dumps({"request_id": "you"}))),
    ]
    with Stubber(target.client("logs")) as logs:
        asked = {
            "logGroupName": "accept-order-log",
            "startTime": to_milliseconds(START),
            "filterPattern": '{ ($.request_id = "me") || ($.first_request_id = "me") }',
        }
        logs.add_response("filter_log_events", {"events": events[:1], "nextToken": "more"}, asked)
        logs.add_response("filter_log_events", {"events": events[1:]}, {**asked, "nextToken": "more"})
        fields = {"request_id": ["me"], "first_request_id": ["me"]}
        found = Logs(target).of_function("accept-order", fields, START)
    # The line's own time where it has one.
    assert [each.time for each in found] == [at(2), at(1.5)]


@pytest.mark.parametrize("missing", [0, 1])
def test_deliveries_are_found_by_their_messages_in_both_of_sns_s_logs(made_up, missing: int) -> None:
    target = made_up()
    entry = {
        "notification": {"messageId": "m-1", "timestamp": "2026-11-25 09:30:01.000"},
        "delivery": {"destination": "https://x.example/", "attempts": 2, "dwellTimeMs": 900},
        "status": "FAILURE",
    }
    other = {**entry, "notification": {"messageId": "m-2"}}
    groups = delivery_log_groups(target)
    assert groups[0] == f"sns/{REGION}/{ACCOUNT}/order-events"
    published = Publication(time=at(1), sns_message_id="m-1", event_type="order.paid", audience="all")
    with Stubber(target.client("logs")) as logs:
        for place, group in enumerate(groups):
            if place == missing:
                logs.add_client_error("filter_log_events", "ResourceNotFoundException")
                continue
            asked = {
                "logGroupName": group,
                "startTime": to_milliseconds(at(1)) - 60_000,
                "filterPattern": '{ ($.notification.messageId = "m-1") }',
            }
            answer = {"events": [logged(2, entry), logged(2, other), logged(2, "no JSON")]}
            logs.add_response("filter_log_events", answer, asked)
        (found,) = read_deliveries(target, [published])
    assert (found.published_at, found.time, found.succeeded, found.attempts) == (at(1), at(2), False, 2)
    assert (found.status_code, found.dwell_seconds) == (None, 0.9)


def test_a_filter_without_conditions_asks_for_everything() -> None:
    assert pattern_of([]) == ""
