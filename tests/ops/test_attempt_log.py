"""Deliveries: chosen from keys and indexes, with what follows, and as a summary for the client."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.deliveries.row import Attempt, Reason, Row, RowState
from functions.domain.instant import now, timestamp
from ops.console.webhook_reading import read_summary
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.ops.test_deliveries import row
from tests.ops.test_webhooks import register, state

FAILED = Attempt(sns_message_id="m-1", number=3, at=now(), status=503, response="busy\n", duration_ms=4_000)


@pytest.fixture
def table(stack: MotoStack) -> DeliveriesTable:
    return DeliveriesTable(stack.client("dynamodb"), "deliveries")


def unended(number: int, status: RowState, **changes: Any) -> Row:
    return row(number, state=status, delivered_at=None, **changes)


@pytest.fixture
def busy(stack: MotoStack, table: DeliveriesTable) -> MotoStack:
    """Two webhooks of two clients, with deliveries in every state."""
    register(stack, "wh_1")
    register(stack, "wh_2", "depot")
    due = unended(4, RowState.RETRYING, due_at=now() + timedelta(hours=1), last_attempt=FAILED)
    dead = unended(5, RowState.DEAD, dead_at=now(), reason=Reason.SCHEDULE_EXHAUSTED, last_attempt=FAILED)
    old = unended(3_000, RowState.DEAD, dead_at=now() - timedelta(hours=50), reason=Reason.SILENT)
    pending = unended(6, RowState.PENDING, deadline_at=now() + timedelta(hours=9))
    owed = unended(7, RowState.OWED, webhook_id="wh_2", client_id="depot")
    table.create_rows([row(1), row(2), due, dead, old, pending, owed])
    table.put_attempt(due, FAILED)
    table.save_state(state("wh_1", work_at=now()))
    table.save_state(state("wh_2", "depot", work_at=now()))
    return stack


def listed(stack: MotoStack, capsys: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = stack.run("--json", "deliveries", *arguments)
    return code, json.loads(capsys.readouterr().out)


def ids(document: dict[str, Any]) -> list[str]:
    return [each["event_id"].removeprefix("event-") for each in document["deliveries"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "4567"),
        (("--status", "retrying"), "4"),
        (("--status", "owed"), "7"),
        (("--status", "pending"), "6"),
        (("--status", "dead"), "5"),
        (("--webhook", "wh_1"), "12456"),
        (("--webhook", "wh_1", "--since", "3m"), "12"),
        (("--webhook", "wh_1", "--status", "delivered"), "12"),
        (("--webhook", "wh_1", "--limit", "2"), "12"),
        (("--client", "depot"), "7"),
        (("--client", "shop", "--status", "dead"), "5"),
    ],
)
def test_deliveries_are_chosen(busy: MotoStack, capsys: Any, arguments: Any, expected: str) -> None:
    code, document = listed(busy, capsys, *arguments)
    assert (code, "".join(ids(document))) == (0, expected)
    assert document["more"] == ("--limit" in arguments)


def test_what_is_not_read_of_what_waits_is_said(
    busy: MotoStack, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed(busy, capsys)[1]["notes"] == []
    monkeypatch.setattr("ops.attempt_log.choice.MOST_WAITING", 1)
    notes = listed(busy, capsys)[1]["notes"]
    assert ["wh_1" in each or "wh_2" in each for each in notes] == [True, True]
    assert "the 1 oldest events that wait" in notes[0]


@pytest.mark.parametrize("status", [(), ("--status", "dead")])
def test_what_is_not_read_of_a_webhook_is_said_whatever_its_status(
    busy: MotoStack, capsys: Any, monkeypatch: pytest.MonkeyPatch, status: tuple[str, ...]
) -> None:
    monkeypatch.setattr("ops.attempt_log.choice._MOST_READ", 5)
    assert listed(busy, capsys, "--webhook", "wh_1", *status)[1]["notes"] == []
    monkeypatch.setattr("ops.attempt_log.choice._MOST_READ", 2)
    _, document = listed(busy, capsys, "--webhook", "wh_1", *status)
    assert ids(document) == ([] if status else ["1", "2"])
    assert len(document["notes"]) == 1


def test_what_was_given_up_long_ago_is_found_by_its_time(busy: MotoStack, capsys: Any) -> None:
    assert ids(listed(busy, capsys, "--status", "dead", "--since", "7d")[1]) == ["5", "3000"]


def test_a_delivery_has_its_attempts_and_what_follows(busy: MotoStack, capsys: Any) -> None:
    (found,) = listed(busy, capsys, "--status", "retrying")[1]["deliveries"]
    assert [(each["number"], each["status_code"]) for each in found["attempts"]] == [(3, 503)]
    assert found["next_attempt_at"] is not None
    busy.run("deliveries", "--status", "retrying", "--attempts")
    shown = capsys.readouterr().out
    assert "attempt 3 of SNS message m-1: 503 (busy), 4.0 s after it was published" in shown
    assert "UTC (in 1 h" in shown or "UTC (in 60 min" in shown


def test_a_summary_for_the_client_has_counts_and_every_missed_event(busy: MotoStack, capsys: Any) -> None:
    capsys.readouterr()
    assert busy.run("deliveries", "--client", "shop", "--summary") == 0
    text = capsys.readouterr().out
    assert "Webhook wh_1 at https://shop.example/wh_1: active." in text
    assert "Events: 5 (2 delivered, 1 being delivered, 1 to be sent again, 1 given up)." in text
    for number in (4, 5, 6):
        assert f"event event-{number}:" in text
    assert "event event-1:" not in text
    assert "hush" not in text
    assert "last answer 503 (busy); nothing: given up" in text


def test_what_cannot_be_asked_is_said(busy: MotoStack) -> None:
    assert busy.run("deliveries", "--status", "delivered") == 2
    assert busy.run("deliveries", "--summary") == 2
    assert busy.run("deliveries", "--webhook", "wh_1", "--client", "depot") == 2
    assert busy.run("deliveries", "--client", "nobody") == 1


def test_a_webhook_that_never_was_is_named(busy: MotoStack, capsys: Any) -> None:
    assert busy.run("deliveries", "--webhook", "wh_nope") == 1
    assert "wh_nope" in capsys.readouterr().err


def test_the_deliveries_of_a_deleted_webhook_are_still_listed(
    stack: MotoStack, table: DeliveriesTable, capsys: Any
) -> None:
    table.create_rows([row(1, webhook_id="wh_was")])
    assert ids(listed(stack, capsys, "--webhook", "wh_was")[1]) == ["1"]


def test_the_console_copies_the_same_summary(busy: MotoStack, capsys: Any) -> None:
    capsys.readouterr()
    busy.run("deliveries", "--webhook", "wh_1", "--summary")
    counts = "Events: 5 (2 delivered, 1 being delivered, 1 to be sent again, 1 given up)."
    shown = capsys.readouterr().out.splitlines()[1:4]
    copied = read_summary(Target(name="the stack test", outputs=busy.outputs), "wh_1")
    assert copied.splitlines()[1:4] == shown
    assert counts in shown


def test_a_span_ends_now_on_the_stack_s_own_clock(
    stack: MotoStack, table: DeliveriesTable, capsys: Any, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    shown = now() + timedelta(days=10)
    clock.write_text(f"{now().timestamp()} {shown.timestamp()} 1\n")
    stack.outputs["emulated_clock"] = str(clock)
    times = {"event-1": shown - timedelta(minutes=30), "event-2": shown - timedelta(hours=2)}
    table.create_rows([row(1, event_id=each, event_time=timestamp(time)) for each, time in times.items()])
    assert ids(listed(stack, capsys, "--webhook", "wh_1", "--since", "1h")[1]) == ["1"]


def test_times_are_spans_or_instants(busy: MotoStack, capsys: Any) -> None:
    since = timestamp(now() - timedelta(minutes=3))
    assert ids(listed(busy, capsys, "--webhook", "wh_1", "--since", since)[1]) == ["1", "2"]
    with pytest.raises(SystemExit) as ended:
        busy.run("deliveries", "--since", "yesterday")
    assert ended.value.code == 2
