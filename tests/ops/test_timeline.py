"""Stories from recorded sources: no cloud, no clock."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from rich.console import Console

from functions.domain.deliveries.row import Reason, Row, RowState, Trigger
from functions.domain.instant import timestamp
from ops.trace.entry import Entry
from ops.trace.events import publications
from ops.trace.sources import Sources
from ops.trace.steps import STATES
from ops.trace.timeline import build_timeline, notes_of
from ops.trace.view import document, render
from tests.ops import recorded
from tests.ops.recorded import at, delivery, event, execution, failed_attempt, line, sources, step, webhook
from workflow_definitions.tasks import TaskFunctions


def shown(known: Sources) -> list[tuple[str, str, str]]:
    return [(entry.where, entry.mark, entry.what) for entry in build_timeline(known)]


def texts(known: Sources, where: str) -> list[str]:
    return [what for place, _, what in shown(known) if place == where]


def test_every_function_of_the_workflow_has_its_state() -> None:
    functions = {field.name.replace("_", "-") for field in fields(TaskFunctions)} - {"invocation"}
    assert {*STATES} == functions


def test_a_retried_order_is_told_in_full_and_in_order() -> None:
    assert shown(sources()) == [
        ("api", "ok", "accepted: 202 in 70 ms; queued as message msg-1"),
        ("queue", "ok", "received from the queue, execution started"),
        ("execution", "ok", "started as EUrF-cdd4"),
        ("order", "ok", "saved: it is pending"),
        ("SaveOrder", "ok", "done, took 100 ms"),
        (
            "ProcessPayment",
            "retry",
            "attempt 1 failed: PaymentGatewayUnavailable: down, for the 1. time; next attempt after 2.0 s",
        ),
        (
            "ProcessPayment",
            "retry",
            "attempt 2 failed: PaymentGatewayUnavailable: down, for the 2. time; next attempt after 4.0 s",
        ),
        ("ProcessPayment", "ok", "done at attempt 3, took 6.3 s"),
        ("order", "ok", "is paid"),
        ("UpdateOrder", "ok", "done, took 100 ms"),
        (
            "event",
            "ok",
            f"order.paid published for all webhooks of the client: SNS message {recorded.SNS_MESSAGE_ID}",
        ),
        ("InformClient", "ok", "done, took 100 ms"),
        ("execution", "ok", "succeeded after 6.9 s"),
        (
            "delivery",
            "ok",
            (
                "wh_1 at https://shop.example/hooks answered 200 at attempt 3, after 2 that failed; "
                "2.0 s after the publication"
            ),
        ),
    ]
    assert notes_of(sources()) == []


def test_a_function_s_line_is_told_when_it_began() -> None:
    accepted, taken_up = build_timeline(sources())[:2]
    assert (accepted.time, taken_up.time) == (at(0.01), at(0.1))


def test_a_story_shows_neither_what_was_bought_nor_a_client_s_secrets() -> None:
    known = sources()
    entries, notes = build_timeline(known), notes_of(known)
    console = Console(width=300, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    for view in render(known, entries, notes):
        console.print(view)
    shown = console.export_text()
    shown += json.dumps(document(known, entries, notes), default=str)
    assert "PO-1001" in shown
    for secret in ("hush", "pm_card_visa", "secret", "pay_1"):
        assert secret not in shown


def test_a_gateway_that_stays_down_is_told_until_the_payment_is_given_back() -> None:
    events = [
        event("ExecutionStarted", 0),
        event("TaskStateEntered", 0.3, name="ProcessPayment"),
        *failed_attempt(0.3, 0.4, 1),
        event("TaskStateExited", 0.4, name="ProcessPayment"),
        *step("FailOrder", 0.5, 0.6),
        *step("InformOfFailure", 0.7, 0.8),
        event("TaskStateEntered", 0.9, name="ReleasePayment"),
        *failed_attempt(0.9, 1.0, 2),
    ]
    failed = recorded.order(status="failed", payment={"status": "failed", "reason": "gateway_unavailable"})
    known = sources(executions=[execution(events, "RUNNING")], order=failed, lines=[], deliveries=[])
    failed_at, went_on = texts(known, "ProcessPayment")[0].split("; ")
    assert failed_at == "attempt 1 failed: PaymentGatewayUnavailable: down, for the 1. time"
    assert went_on == "no attempts left: the workflow continues with the state's Catch"
    (waits,) = texts(known, "ReleasePayment")
    assert waits.startswith("attempt 1 failed: PaymentGatewayUnavailable: down, for the 2. time; ")
    assert waits.endswith("waiting for the next attempt")
    assert ("order", "failed", "is failed (gateway_unavailable)") in shown(known)


def test_a_failed_execution_says_where_and_that_it_can_go_on() -> None:
    events = [
        event("ExecutionStarted", 0),
        event("TaskStateEntered", 1, name="UpdateOrder"),
        event("TaskScheduled", 1),
        event("TaskTimedOut", 3, error="States.Timeout"),
        event("ExecutionFailed", 3, error="States.Timeout", cause=""),
    ]
    known = sources(executions=[execution(events, "FAILED", redrivable=True)], lines=[], deliveries=[])
    assert ("UpdateOrder", "failed", "attempt 1 failed: States.Timeout; no attempts left") in shown(known)
    assert texts(known, "execution")[-1] == (
        "failed in UpdateOrder after 3.0 s: States.Timeout; it can be redriven"
    )


@pytest.mark.parametrize("entered_again", [False, True])
def test_a_redriven_execution_shows_as_such_and_counts_its_attempts_anew(entered_again: bool) -> None:
    events = [
        event("ExecutionStarted", 0),
        event("TaskStateEntered", 1, name="UpdateOrder"),
        *failed_attempt(1, 2, 1),
        *failed_attempt(3, 4, 2),
        event("ExecutionFailed", 4, error="PaymentGatewayUnavailable", cause="{}"),
        event("ExecutionRedriven", 90, redriveCount=1),
        *([event("TaskStateEntered", 90, name="UpdateOrder")] if entered_again else []),
        *failed_attempt(90, 91, 3),
        event("TaskScheduled", 92),
        event("TaskSucceeded", 93),
        event("TaskStateExited", 93, name="UpdateOrder"),
        event("ExecutionSucceeded", 93),
    ]
    known = sources(executions=[execution(events)], lines=[], deliveries=[])
    assert texts(known, "execution") == [
        "started as EUrF-cdd4",
        "failed in UpdateOrder after 4.0 s: PaymentGatewayUnavailable",
        "redriven by an operator (redrive 1) at UpdateOrder",
        "succeeded after 3.0 s",
    ]
    assert [text.partition(":")[0] for text in texts(known, "UpdateOrder")] == [
        "attempt 1 failed",
        "attempt 2 failed",
        "attempt 1 failed",
        "done at attempt 2, took 3.0 s",
    ]


def test_a_step_that_has_not_ended_is_told_as_such() -> None:
    events = [event("TaskStateEntered", 1, name="ProcessPayment"), event("TaskScheduled", 1)]
    known = sources(executions=[execution(events, "RUNNING")], lines=[], deliveries=[])
    assert ("ProcessPayment", "waiting", "entered, still running") in shown(known)


def test_without_a_history_the_functions_lines_show_the_steps() -> None:
    failed = line(
        "process-payment",
        0.4,
        attempt=0,
        outcome="error",
        exception='Traceback\n  File "x"\nfunctions.domain.payment.PaymentGatewayUnavailable: down',
    )
    paid = line("process-payment", 2.5, attempt=1, outcome="approved")
    known = sources(executions=[], lines=[*recorded.lines(), failed, paid])
    steps = [each for each in shown(known) if each[0] in ("SaveOrder", "ProcessPayment", "InformClient")]
    assert steps == [
        ("SaveOrder", "ok", "done in 10 ms"),
        ("ProcessPayment", "retry", "attempt 1 failed: PaymentGatewayUnavailable: down"),
        ("ProcessPayment", "ok", "done in 10 ms, at attempt 2"),
        ("InformClient", "ok", "done in 10 ms"),
    ]


def test_an_order_that_is_older_than_the_logs_is_told_by_its_record() -> None:
    known = sources(executions=[], lines=[], deliveries=[])
    assert shown(known) == [
        ("api", "ok", "accepted (from the order's record), queued as message msg-1"),
        ("order", "ok", "is paid"),
    ]


def test_an_order_that_waits_for_step_functions_says_how_long() -> None:
    deferred = line("start-execution", 0.2, outcome="deferred", receive_count=2, hidden_seconds=4)
    broken = line("start-execution", 5, outcome="error", exception="Traceback\nValueError: x")
    known = sources(order=None, executions=[], lines=[recorded.lines()[0], deferred, broken], deliveries=[])
    assert shown(known)[1:] == [
        (
            "queue",
            "retry",
            "deferred (receipt 2), Step Functions throttles or is unavailable: next attempt in 4 s",
        ),
        ("queue", "retry", "could not be started: ValueError: x"),
    ]


def test_posts_that_made_no_order_of_their_own() -> None:
    refused = line("accept-order", 0, status=422, outcome="refused", problem="The body is not valid.")
    known = sources(order=None, executions=[], lines=[refused], deliveries=[], webhooks=[])
    assert shown(known) == [("api", "failed", "refused with 422: The body is not valid.")]
    again = line("accept-order", 3, request_id="later", first_request_id=recorded.REQUEST_ID, status=202)
    assert texts(sources(lines=[*recorded.lines(), again]), "api")[1] == (
        "posted again as later with the same Idempotency-Key: same response"
    )
    repeated = line("accept-order", 3, first_request_id="first", status=202, outcome="done")
    known = sources(order=None, executions=[], lines=[repeated], deliveries=[], webhooks=[])
    assert texts(known, "api") == [
        "accepted: 202 in 10 ms; its Idempotency-Key was first used by first: trace that request"
    ]


# Deliveries


ROW = Row(
    webhook_id="wh_1",
    event_id="e",
    event_time="2026-11-25T09:30:06.000Z",
    client_id="shop",
    registration="managed",
    event_type="order.paid",
    subject="req-1",
    document_md5="0",
    state=RowState.RETRYING,
    trigger=Trigger.ORDER,
    created_at=at(6),
    attempts=9,
    publications=1,
)


@pytest.mark.parametrize(
    ("changes", "shown_of"),
    [
        (
            {"due_at": at(7200), "failed_at": at(3600)},
            (
                "waiting",
                f"waits for wh_1, next publication {timestamp(at(7200))}: 9 attempts in 1 publication",
            ),
        ),
        (
            {"state": RowState.OWED, "attempts": 0, "publications": 0},
            (
                "waiting",
                (
                    "waits for wh_1, next publication as soon as the webhook receives events: "
                    "0 attempts in 0 publications"
                ),
            ),
        ),
        (
            {"state": RowState.DEAD, "dead_at": at(9), "reason": Reason.SCHEDULE_EXHAUSTED},
            ("failed", "given up for wh_1 (schedule_exhausted): 9 attempts in 1 publication"),
        ),
        (
            {"state": RowState.DELIVERED, "delivered_at": at(9), "attempts": 1},
            ("ok", "delivered to wh_1: 1 attempt in 1 publication"),
        ),
        (
            {"state": RowState.PENDING, "claimed_at": at(9)},
            ("waiting", "SNS is delivering to wh_1: 9 attempts in 1 publication"),
        ),
    ],
)
def test_where_a_delivery_is_now_is_told(changes: dict[str, Any], shown_of: tuple[str, str]) -> None:
    found = sources(rows=[replace(ROW, **changes)])
    assert [(mark, what) for where, mark, what in shown(found) if where == "row"] == [shown_of]


def test_what_redeliver_has_published_is_searched_for_in_the_delivery_log() -> None:
    row = replace(ROW, sns_message_id="second", counted=(("sns-1", 3),))
    assert {"second", "sns-1"} <= {each.sns_message_id for each in publications(sources(rows=[row]))}


def test_a_webhook_that_refuses_is_told_apart_from_one_that_is_down() -> None:
    refused = delivery(succeeded=False, attempts=1, status_code=404, response="gone")
    silent = delivery(succeeded=False, attempts=1, status_code=None, response="")
    (shown_of,) = texts(sources(deliveries=[refused]), "delivery")
    assert shown_of.startswith("wh_1 at https://shop.example/hooks refused with 404 (gone): ")
    assert shown_of.endswith("SNS does not retry this status")
    assert texts(sources(deliveries=[silent]), "delivery") == [
        "SNS gave up on wh_1 at https://shop.example/hooks after 1 attempt in 2.0 s: last no answer"
    ]


def test_a_deleted_webhook_is_named_by_its_id() -> None:
    deleted = delivery(destination="?webhook_id=wh_9")
    (text,) = texts(sources(deliveries=[deleted]), "delivery")
    assert text.startswith("wh_9 (deleted) ")
    assert "://" not in text


def test_a_message_that_a_delivery_was_quicker_to_log_than_its_publisher_comes_first() -> None:
    entries = build_timeline(sources(deliveries=[delivery(6.985, published=6.98)]))
    wheres = [entry.where for entry in entries]
    assert wheres.index("event") < wheres.index("delivery")
    assert next(entry for entry in entries if entry.where == "event").time == at(6.98)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, "no outcome is logged yet. SNS is still trying."),
        ({"read_at": at(9000)}, "The entry has expired, or SNS wrote none."),
        ({"webhooks": [webhook(status="pending_confirmation")]}, "has not confirmed its subscription"),
        ({"webhooks": []}, "no webhook for order.paid"),
        ({"webhooks": [webhook(event_types=["order.failed"])]}, "no webhook for order.paid"),
        ({"webhooks": [webhook(created_at="2026-11-26T00:00:00Z")]}, "no webhook for order.paid"),
    ],
)
def test_a_delivery_without_an_entry_is_said_in_words(changes: dict[str, Any], note: str) -> None:
    (said,) = notes_of(sources(deliveries=[], **changes))
    assert note in said


def test_a_message_for_one_webhook_is_missed_at_that_one_alone() -> None:
    again = line(
        "redeliver-order",
        20,
        request_id="ops-1",
        event_type="order.paid",
        sns_message_id="two",
        audience="wh_2",
    )
    known = sources(
        lines=[*recorded.lines(), again],
        webhooks=[webhook(), webhook(webhook_id="wh_2", endpoint_url="https://two.example/?webhook_id=wh_2")],
        deliveries=[delivery(), delivery(destination="https://two.example/?webhook_id=wh_2")],
    )
    assert texts(known, "event")[1] == "order.paid published again by an operator for wh_2: SNS message two"
    (note,) = notes_of(known)
    assert note.startswith("SNS message two… at wh_2: no outcome")


def test_entries_are_told_in_the_order_of_their_times() -> None:
    entries: list[Entry] = build_timeline(sources(lines=list(reversed(recorded.lines()))))
    assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)
