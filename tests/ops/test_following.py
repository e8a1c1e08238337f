"""Where an order is now, what follows and when, and what keeps an accepted order from moving."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.domain.deliveries.row import Reason, RowState
from ops.instants import DatedText
from ops.mappings import QueueMapping
from ops.queues import Depth
from ops.trace.following import Following, following, state_of
from ops.trace.intake_state import IntakeState
from ops.trace.sources import Sources
from ops.trace.timeline import build_timeline, notes_of
from tests.ops import recorded
from tests.ops.recorded import at, delivery, event, execution, line, sources, webhook
from tests.ops.test_timeline import ROW

ENABLED = QueueMapping(function="start-execution", queue="orders", state="Enabled", result="OK")
ACCEPTED = recorded.lines()[:1]


def intake(**changes: Any) -> IntakeState:
    known = {
        "mappings": (ENABLED,),
        "orders": Depth(queue="orders", ready=1, hidden=0),
        "dead_letters": Depth(queue="orders-dead-letters", ready=0, hidden=0),
    }
    return IntakeState(**{**known, **changes})


def said_of(known: Sources) -> list[str]:
    return [each.text.written(known.read_at) for each in following(known)]


def waiting(**changes: Any) -> list[str]:
    known = sources(order=None, executions=[], lines=ACCEPTED, deliveries=[], intake=intake(**changes))
    return said_of(known)


def test_an_accepted_order_that_nothing_keeps_is_about_to_start() -> None:
    assert waiting() == ["start-execution receives it from the queue orders, within seconds"]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        (
            {"mappings": (replace(ENABLED, state="Disabled"),)},
            "the event source mapping of start-execution is",
        ),
        ({"mappings": ()}, "start-execution has no event source mapping"),
        (
            {"orders": Depth(queue="orders", ready=900, hidden=100, oldest_seconds=700)},
            "a backlog: 1000 messages are on orders, the oldest for 12 min",
        ),
        ({"dead_letters": Depth(queue="orders-dead-letters", ready=2, hidden=0)}, "2 on orders-dead-letters"),
    ],
)
def test_what_keeps_an_accepted_order_is_named(changes: dict[str, Any], cause: str) -> None:
    (said,) = waiting(**changes)
    assert said.startswith(f"it waits on the queue orders. Likely cause: {cause}")
    assert "docs/runbook.md#orders-" in said


def test_a_record_that_the_table_does_not_have_is_said() -> None:
    accepted = sources(order=None, executions=[], lines=ACCEPTED, deliveries=[], intake=intake())
    assert "has no record of this order: no execution has started" in notes_of(accepted)[0]
    running = sources(order=None, executions=[execution([], "RUNNING")], lines=ACCEPTED, deliveries=[])
    assert "has no record of this order: the workflow has not saved it" in notes_of(running)[0]
    assert notes_of(sources()) == []


def test_a_refused_and_a_repeated_request_have_nothing_to_follow() -> None:
    refused = line("accept-order", 0, status=422, outcome="refused", problem="no")
    known = sources(order=None, executions=[], lines=[refused], deliveries=[], webhooks=[])
    assert said_of(known)[0].startswith("nothing: it was refused")
    assert not known.waits_for_execution
    repeated = line("accept-order", 3, first_request_id="first", status=202, outcome="done")
    known = sources(order=None, executions=[], lines=[repeated], deliveries=[], webhooks=[])
    assert said_of(known)[0].startswith("see first, ")
    assert state_of(known) == "not an order of its own"


@pytest.mark.parametrize("redrivable", [True, False])
def test_a_failed_execution_says_how_it_goes_on(redrivable: bool) -> None:
    events = [event("TaskStateEntered", 1, name="UpdateOrder")]
    failed = execution(events, "FAILED", redrivable=redrivable)
    known = sources(executions=[failed], order=recorded.order(status="pending"), deliveries=[])
    (said,) = said_of(known)
    assert said.startswith("nothing: the execution is FAILED at UpdateOrder")
    assert ("redrive it" in said) == redrivable


def test_a_running_workflow_says_at_which_state() -> None:
    events = [event("TaskStateEntered", 1, name="SaveOrder"), event("TaskStateEntered", 2, name="Pay")]
    known = sources(executions=[execution(events, "RUNNING")], order=recorded.order(status="pending"))
    assert "continues at Pay" in said_of(known)[0]


def test_each_webhook_has_what_follows_with_its_time() -> None:
    rows = [
        replace(ROW, due_at=at(7_260)),
        replace(ROW, webhook_id="wh_2", state=RowState.DELIVERED, delivered_at=at(30)),
        replace(ROW, webhook_id="wh_3", state=RowState.DEAD, dead_at=at(30), reason=Reason.SILENT),
        replace(ROW, webhook_id="wh_4", due_at=at(100)),
    ]
    webhooks = [webhook(), webhook(webhook_id="wh_4", status="paused")]
    known = sources(rows=rows, webhooks=webhooks)
    assert state_of(known) == "paid, delivered to 1 of 4 webhooks"
    found = following(known)
    assert [each.webhook_id for each in found] == ["wh_1", "wh_2", "wh_3", "wh_4"]
    assert said_of(known) == [
        "is published again 2026-11-25 11:31:00 UTC (in 2 h)",
        "nothing: delivered 2026-11-25 09:30:30 UTC (30.0 s ago)",
        (
            "nothing: given up 2026-11-25 09:30:30 UTC (30.0 s ago) (SNS has logged no end); redeliver or "
            "recover sends it again"
        ),
        "waits: the webhook is paused",
    ]
    assert [each.document(known.read_at)["at"] for each in found] == [at(7_260), None, None, None]


def test_the_next_attempt_is_said_where_it_is_known() -> None:
    known = sources(rows=[replace(ROW, state=RowState.PENDING, deadline_at=at(40_000))])
    assert following(known, {"wh_1": at(90)}) == [
        Following(webhook_id="wh_1", text=DatedText(before="SNS tries again", at=at(90)))
    ]
    assert said_of(known)[0].startswith("SNS is delivering it, and ends 2026-11-25 20:36:40 UTC")


def test_deliveries_without_rows_have_ended() -> None:
    assert said_of(sources()) == ["nothing: its deliveries have ended, and their rows are no longer stored"]
    none = sources(deliveries=[], webhooks=[])
    assert said_of(none) == ["nothing: no webhook of the client was to receive its event"]


def test_attempts_before_the_last_are_retries() -> None:
    entries = [
        delivery(8, succeeded=False, attempts=1),
        delivery(9, succeeded=False, attempts=2, status_code=None),
        delivery(10, attempts=3),
    ]
    shown = [(each.mark, each.what) for each in build_timeline(sources(deliveries=entries))[-3:]]
    place = "wh_1 at https://shop.example/hooks"
    assert shown == [
        ("retry", f"{place} answered 503 (ok) at attempt 1: SNS tries again"),
        ("retry", f"{place} gave no answer (ok) at attempt 2: SNS tries again"),
        ("ok", f"{place} answered 200 at attempt 3; 3.0 s after the publication"),
    ]


def test_an_attempt_of_a_delivery_that_is_on_its_way_is_not_the_last() -> None:
    pending = replace(ROW, state=RowState.PENDING, claimed_at=at(7))
    known = sources(rows=[pending], deliveries=[delivery(8, succeeded=False, attempts=1)])
    last = [each for each in build_timeline(known) if each.where == "delivery"]
    assert [each.mark for each in last] == ["retry"]
    ended = sources(rows=[ROW], deliveries=[delivery(8, succeeded=False, attempts=1)])
    assert [each.mark for each in build_timeline(ended) if each.where == "delivery"] == ["failed"]
