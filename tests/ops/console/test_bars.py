"""Bars, their axis and the state machine's picture, from recorded sources."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.deliveries.row import Row, RowState
from ops.console.attempts import Attempt, read_attempts
from ops.console.axis import Axis
from ops.console.bars import Lane, build_lanes
from ops.console.graph import state_graph
from ops.console.states import state_runs
from ops.trace.sources import DeliveryEntry, Execution, Sources
from tests.functions.domain.deliveries import samples
from tests.ops.recorded import (
    DESTINATION,
    REQUEST_ID,
    SNS_MESSAGE_ID,
    START,
    WEBHOOK_ID,
    at,
    event,
    execution,
    line,
    paid_at_third_attempt,
    webhook,
)
from workflow_definitions.order import build_order_workflow
from workflow_definitions.tasks import PaymentRetry, TaskFunctions

LINES = (
    line("accept-order", 0.01, outcome="done", status=202),
    line("start-execution", 0.1, outcome="started"),
    line("inform-client", 2, outcome="order.paid", sns_message_id=SNS_MESSAGE_ID, audience="all"),
)


def sources(**changes: object) -> Sources:
    whole = Sources(
        request_id=REQUEST_ID,
        read_at=at(60),
        order={"status": "paid"},
        webhooks=[webhook()],
        executions=[Execution(name="n", status="SUCCEEDED", events=paid_at_third_attempt())],
        lines=LINES,
    )
    return replace(whole, **changes)


def entry(seconds: float, attempts: int, status: int | None, **changes: object) -> DeliveryEntry:
    whole = DeliveryEntry(
        time=at(seconds),
        published_at=at(2),
        message_id=SNS_MESSAGE_ID,
        destination=DESTINATION,
        succeeded=status == 200,
        attempts=attempts,
        dwell_seconds=seconds - 2,
        status_code=status,
        response="",
    )
    return replace(whole, **changes)


def shown(lanes: list[Lane], name: str) -> list[tuple[str, str]]:
    (lane,) = [each for each in lanes if each.name == name]
    return [(bar.mark, bar.label) for bar in lane.bars]


def test_each_attempt_of_a_state_and_each_wait_is_a_bar() -> None:
    payments = shown(build_lanes(sources(), []), "ProcessPayment")
    assert [mark for mark, _ in payments] == ["retry", "waiting", "retry", "waiting", "ok"]
    assert payments[0][1].endswith("PaymentGatewayUnavailable: down, for the 1. time")
    assert payments[-1][1].startswith("attempt 3 in ")


def test_a_cause_that_is_plain_text_is_shown() -> None:
    failed = event("TaskFailed", 0.4, error="Lambda.Unknown", cause="The process was killed.\nmore")
    events = [event("TaskStateEntered", 0.3, name="SaveOrder"), event("TaskScheduled", 0.3), failed]
    (run,) = state_runs(sources(executions=[execution(events, "FAILED")]))
    assert run.error == "Lambda.Unknown: The process was killed."


def test_the_lanes_are_in_the_order_of_the_way() -> None:
    names = [each.name for each in build_lanes(sources(rows=[samples.pending()]), [])]
    assert names[:3] == ["API", "Queue", "SaveOrder"]
    assert names[-1] == "https://shop.example/hooks"


def test_a_webhook_s_address_is_shown_without_its_query() -> None:
    for attempts in ([], read_attempts(sources(deliveries=[entry(3, 1, 200)]))):
        lanes = build_lanes(sources(rows=[samples.pending()]), attempts)
        assert not [each for each in lanes if "hush" in each.name]


def test_a_delivery_of_which_only_the_end_is_logged_is_one_bar() -> None:
    (attempt,) = read_attempts(sources(deliveries=[entry(9, 3, 200)]))
    assert (attempt.started_at, attempt.ended_at, attempt.of) == (at(2), at(9), 3)
    assert shown(build_lanes(sources(), [attempt]), "https://shop.example/hooks") == [
        ("ok", "3 attempts, the last: 200")
    ]


def test_attempts_that_are_logged_one_by_one_are_bars_of_their_own() -> None:
    logged = [entry(9, 3, 200), entry(3, 1, 503), entry(5, 2, None)]
    attempts = read_attempts(sources(deliveries=logged))
    assert [(each.number, each.of, each.mark) for each in attempts] == [
        (1, 1, "retry"),
        (2, 1, "retry"),
        (3, 1, "ok"),
    ]
    labels = [label for mark, label in shown(build_lanes(sources(), attempts), "https://shop.example/hooks")]
    assert labels[0] == "attempt 1: 503"
    assert "attempt 2: no answer" in labels


@pytest.mark.parametrize(
    ("row", "marks"),
    [
        (samples.pending(), ["retry", "waiting"]),
        (samples.row(state=RowState.DEAD, dead_at=at(3)), ["failed"]),
    ],
    ids=["pending", "dead"],
)
def test_the_last_attempt_has_failed_only_where_sns_does_not_try_again(row: Row, marks: list[str]) -> None:
    whole = sources(rows=[row], deliveries=[entry(3, 1, 503)])
    bars = shown(build_lanes(whole, read_attempts(whole)), "https://shop.example/hooks")
    assert [mark for mark, _ in bars] == marks


def test_a_deleted_webhook_has_a_lane_with_its_id() -> None:
    deleted = entry(3, 1, 200, destination="?webhook_id=wh_2")
    whole = sources(rows=[samples.row(webhook_id="wh_2", state=RowState.DELIVERED)], deliveries=[deleted])
    lane = build_lanes(whole, read_attempts(whole))[-1]
    assert (lane.name, lane.webhook_id) == ("wh_2", None)


def waiting_attempt() -> Attempt:
    return Attempt(
        webhook_id=WEBHOOK_ID,
        place="https://shop.example/hooks",
        started_at=at(2),
        ended_at=at(3),
        number=1,
        status=503,
        mark="retry",
        next_at=at(90),
    )


def test_the_wait_for_the_next_attempt_is_a_bar() -> None:
    last = build_lanes(sources(), [waiting_attempt()])[-1].bars[-1]
    assert (last.mark, last.end) == ("waiting", at(90))


@pytest.mark.parametrize(
    ("row", "bars"),
    [
        (samples.pending(), [("waiting", None)]),
        (samples.row(), [("waiting", None)]),
        (samples.row(state=RowState.RETRYING, failed_at=at(3), due_at=at(90)), [("waiting", at(90))]),
        (samples.row(state=RowState.DEAD, dead_at=at(3)), []),
        # Registered after the order.
        (None, []),
    ],
    ids=["pending", "paused", "retrying", "dead", "without a row"],
)
def test_a_webhook_without_an_attempt_has_the_bar_of_its_row(row: Row | None, bars: list[object]) -> None:
    lanes = build_lanes(sources(rows=[row] if row else []), [])
    own = [bar for lane in lanes if lane.name == "https://shop.example/hooks" for bar in lane.bars]
    assert [(bar.mark, bar.end) for bar in own] == bars


def test_an_order_that_waits_on_the_queue_has_an_open_bar() -> None:
    waiting = sources(order=None, executions=[], lines=LINES[:1])
    queue = next(each for each in build_lanes(waiting, []) if each.name == "Queue")
    assert [(bar.mark, bar.end) for bar in queue.bars] == [("waiting", None)]


def test_without_a_history_the_states_come_from_the_functions_records() -> None:
    lines = [*LINES, line("process-payment", 1, outcome="error", attempt=0, exception="x.Down: it is")]
    runs = state_runs(sources(executions=[], lines=lines))
    assert [(each.state, each.mark, each.error) for each in runs] == [
        ("ProcessPayment", "retry", "x.Down: it is"),
        ("InformClient", "ok", ""),
    ]


moments = st.lists(st.integers(0, 10_000_000), min_size=2, max_size=30, unique=True)


@given(moments=moments, linear=st.booleans())
def test_an_axis_keeps_the_order_of_instants_and_its_ends(moments: list[int], linear: bool) -> None:
    instants = [START + timedelta(milliseconds=each) for each in sorted(moments)]
    axis = Axis(instants, linear=linear)
    places = [axis.place(each) for each in instants]
    assert places == sorted(places)
    assert (places[0], round(places[-1], 6)) == (0, 100)
    assert axis.place(instants[0] - timedelta(days=1)) == 0
    assert round(axis.place(instants[-1] + timedelta(days=1)), 6) == 100
    middle = instants[0] + (instants[1] - instants[0]) / 2
    assert places[0] < axis.place(middle) < places[1]


def test_an_hour_s_wait_leaves_room_for_the_milliseconds_before_it() -> None:
    axis = Axis([at(0), at(0.02), at(0.2), at(3600)])
    assert axis.place(at(0.02)) > 1
    assert Axis([at(0), at(0.02), at(0.2), at(3600)], linear=True).place(at(0.2)) < 1


def test_the_path_taken_is_marked_and_a_catch_has_a_row_of_its_own() -> None:
    functions = TaskFunctions(**{each.name: f"arn:{each.name}" for each in fields(TaskFunctions)})
    retry = PaymentRetry(interval_seconds=2, backoff_rate=2, max_attempts=8, max_delay_seconds=120)
    definition = build_order_workflow(functions, payment_retry=retry, task_timeout_seconds=10)
    picture = state_graph(definition, state_runs(sources()))
    nodes = {each.id: each for each in picture.nodes}
    columns = [nodes[name].x for name in ("SaveOrder", "ProcessPayment", "UpdateOrder")]
    assert columns[0] == 0
    assert columns == sorted(set(columns))
    assert nodes["FailOrder"].y > nodes["UpdateOrder"].y
    assert (nodes["ProcessPayment"].mark, nodes["ProcessPayment"].line) == ("ok", "3 attempts")
    assert nodes["FailOrder"].mark == "idle"
    marks = {(each.start, each.end): each.mark for each in picture.edges}
    assert marks["SaveOrder", "ProcessPayment"] == "ok"
    assert marks["ProcessPayment", "FailOrder"] == "idle"
    places = [(each.x, each.y) for each in picture.nodes]
    assert len(set(places)) == len(places)
