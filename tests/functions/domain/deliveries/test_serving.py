"""What a run stores when: whatever the order of its writes and the age of its index, no row is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from functions.domain.deliveries.due import DueEntry
from functions.domain.deliveries.publication import claim
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.serving.ports import OpenPublication
from functions.domain.deliveries.serving.run_context import Event
from functions.domain.deliveries.signal import Signal
from functions.domain.deliveries.silence import SignalCounts
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.webhook_state import Standing
from tests.functions.domain.deliveries.simulation.memory import Killed
from tests.functions.domain.deliveries.simulation.sns import Undocumented
from tests.functions.domain.deliveries.simulation.world import World, down


def test_a_row_that_the_index_lists_late_is_not_forgotten() -> None:
    world = World()
    world.register("wh_1")
    world.advance(minutes=5)
    world.pause("wh_1")
    world.order()
    listed_at = world.now + timedelta(seconds=90)
    listed = world.table.due_rows

    def late(webhook_id: str, after: str | None, limit: int) -> Sequence[DueEntry]:
        return listed(webhook_id, after, limit) if world.now >= listed_at else []

    world.table.due_rows = late  # type: ignore[method-assign]
    world.activate("wh_1")
    world.advance(minutes=5)
    assert world.states_of("wh_1") == {"delivered"}


@pytest.mark.parametrize("call", ["save_row", "find_event", "publish", "put_message", "save_state"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_run_that_is_killed_leaves_nothing_undone(call, number) -> None:
    world = World()
    world.register("wh_1")
    world.advance(minutes=5)
    world.pause("wh_1")
    world.orders(3, every_seconds=1)
    world.advance(seconds=10)
    world.activate("wh_1")
    calls = []

    def kill(name: str) -> None:
        calls.append(name)
        if calls.count(call) == number:
            raise Killed

    world.redeliver(kill)
    world.advance(minutes=10)
    assert world.states_of("wh_1") == {"delivered"}
    # Killed between the publication and what is stored of it, one event is received twice.
    assert len(world.received("wh_1")) <= 4
    assert {row.retries for row in world.rows("wh_1")} == {0}


def test_a_claim_without_a_publication_is_found_where_nobody_asks_for_the_webhook() -> None:
    world = World()
    world.register("wh_1")
    world.advance(minutes=5, seconds=7)
    world.pause("wh_1")
    world.order()
    world.activate("wh_1")

    def kill(name: str) -> None:
        if name == "find_event":
            raise Killed

    world.redeliver(kill)
    state = world.table.states["wh_1"]
    world.table.states["wh_1"] = replace(state, work_at=None, woken_at=world.now - timedelta(hours=1))
    world.advance(minutes=5)
    assert world.states_of("wh_1") == {"delivered"}
    assert sum(report.counts[Event.INTERRUPTED] for report in world.reports) == 1
    assert sum(report.counts[Event.SILENT] for report in world.reports) == 0


def test_a_claim_whose_answer_was_lost_is_the_runs_own() -> None:
    world = World()
    world.register("wh_1")
    world.advance(minutes=5, seconds=7)
    world.pause("wh_1")
    world.order()
    world.activate("wh_1")
    save_row = world.table.save_row

    def save_and_lose_the_answer(row: Row) -> Row | None:
        saved = save_row(row)
        return None if row.state is RowState.PENDING and row.sns_message_id is None else saved

    world.table.save_row = save_and_lose_the_answer  # type: ignore[method-assign]
    world.redeliver()
    assert len(world.sns.published) == 1


def test_a_recovered_webhook_receives_at_once_what_failed_and_later_what_it_refused() -> None:
    world = World()
    start = world.now

    def answer(event: StoredEvent, now: datetime) -> int | None:
        if event.event_id == "e0":
            return 404
        return 200 if now - start > timedelta(minutes=50) else None

    world.register("wh_1", answer)
    world.orders(10, every_seconds=1)
    world.advance(minutes=45)
    assert world.standing("wh_1") is Standing.FAILING
    later = [
        row.event_id for row in world.rows("wh_1") if row.due_at and row.due_at > start + timedelta(hours=2)
    ]
    assert len(later) == 9
    # The probe has its last attempts.
    world.advance(minutes=20)
    assert len(world.received("wh_1")) == 9
    assert len([each for each in world.sns.published if each[2] == "e0"]) == 0


def test_a_wake_during_a_visit_is_not_cleared_by_its_end() -> None:
    """The visit has read the state before; the row was put behind its scan."""
    world = World()
    world.register("wh_1")
    world.advance(minutes=5, seconds=7)
    world.pause("wh_1")
    world.order()
    world.activate("wh_1")
    state = world.table.states["wh_1"]
    world.table.states["wh_1"] = replace(state, woken_at=state.woken_at - timedelta(hours=1))  # type: ignore[operator]
    begun = []

    def order_meanwhile(name: str) -> None:
        if name == "put_message" and not begun:
            begun.append(name)
            world.pause("wh_1")
            world.order()
            world.activate("wh_1")

    world.redeliver(order_meanwhile)
    world.advance(minutes=5)
    assert len(world.received("wh_1")) == 2


def test_many_silent_publications_stop_the_resending_until_signals_come_again() -> None:
    world = World()
    begin = world.now
    world.path.silent = [(begin, begin + timedelta(hours=12))]
    world.register("wh_1")
    world.orders(100, every_seconds=60)
    world.advance(hours=10, minutes=55)
    assert world.states_of("wh_1") == {"pending"}
    assert world.table.signal_counts(world.now).is_path_broken
    # Before it was known, a few were resent; another few find out later whether signals come again.
    assert len(world.received("wh_1")) <= 110
    world.advance(hours=1)
    assert len(world.received("wh_1")) <= 120
    world.order()
    world.advance(days=2)
    assert world.states_of("wh_1") == {"delivered"}
    assert len(world.received("wh_1")) <= 2 * 101 + 20


@pytest.mark.parametrize(
    ("counts", "resendable"),
    [
        (SignalCounts(), 10),
        (SignalCounts(resent=4), 6),
        (SignalCounts(silent=10), 10),
        (SignalCounts(silent=11), 0),
        (SignalCounts(answered=189, silent=11), 0),
        (SignalCounts(answered=209, silent=11), None),
        (SignalCounts(answered=1, silent=10), None),
    ],
)
def test_how_many_silent_publications_are_resent(counts, resendable) -> None:
    assert counts.resendable == resendable


def test_an_error_of_the_search_delays_only_the_silent_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than a page of deadlines has are silent; behind them a claim was interrupted."""
    world = World()
    world.register("wh_1")
    world.register("wh_2", client_id="c2")
    world.path.silent = [(world.now, world.now + timedelta(hours=3))]
    world.orders(150, every_seconds=1)
    world.advance(hours=1)
    world.pause("wh_2")
    world.order(client_id="c2")
    (row,) = world.rows("wh_2")
    interrupted = claim(row, "t", Trigger.SCHEDULE, world.now)
    assert interrupted is not None
    world.table.save_row(replace(interrupted, deadline_at=world.now + timedelta(hours=9)))
    world.activate("wh_2")
    world.allows_errors = True
    search = world.sns.search
    monkeypatch.setattr(world.sns, "search", lambda _: 1 / 0)
    world.advance(hours=10)
    assert any("ZeroDivisionError" in error for report in world.reports for error in report.errors)
    assert world.states_of("wh_2") == {"delivered"}
    monkeypatch.setattr(world.sns, "search", search)
    world.advance(hours=6)
    assert world.states_of("wh_1") == {"delivered"}


def test_what_there_was_no_time_to_search_is_left_for_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks at nine topics are silent, and a search of a topic takes 16 of a run's 50 seconds."""
    world = World()
    for number in range(9):
        webhook_id = f"wh_{number}"
        world.register(webhook_id)
        recipient = world.table.recipients[webhook_id]
        world.table.recipients[webhook_id] = replace(recipient, topic_arn=f"topic-{number}")
    world.path.silent = [(world.now, world.now + timedelta(minutes=30))]
    world.order()
    search, searched_in_run = world.sns.search, Counter[int]()

    def search_slowly(publications: Sequence[OpenPublication]) -> Sequence[Signal]:
        assert len({each.topic_arn for each in publications}) == 1
        searched_in_run[len(world.reports)] += 1
        world.timeline.advance(16)
        return search(publications)

    monkeypatch.setattr(world.sns, "search", search_slowly)
    world.advance(hours=12)
    assert max(searched_in_run.values()) == 2
    assert {state for number in range(9) for state in world.states_of(f"wh_{number}")} == {"delivered"}


def test_a_silent_publication_is_not_resent_for_ever() -> None:
    """A receiver that is never logged: its events end dead, and its health is not affected."""
    world = World()
    world.path.silent = [(world.now, world.now + timedelta(days=90))]
    world.register("wh_1")
    world.register("wh_2", client_id="c2")
    world.order()
    # The other one's answers show that signals come.
    world.table.count_signals(world.now, answered=1)
    for hour in range(24 * 8):
        world.timeline.after(hour * 3_600, lambda: world.table.count_signals(world.now, answered=100))
    world.advance(days=8)
    (row,) = world.rows("wh_1")
    assert (row.state, row.reason) == (RowState.DEAD, "silent")
    assert world.notices == []


def test_one_probe_at_a_time_and_the_next_when_sns_has_given_up() -> None:
    world = World(undocumented=Undocumented(per_attempt=True))
    world.register("wh_1", down)
    world.orders(50, every_seconds=1)
    world.advance(hours=1)
    assert world.standing("wh_1") is Standing.FAILING
    before = len(world.sns.published)
    world.orders(20, every_seconds=60)
    world.advance(hours=10)
    probes = [at for at, *_ in world.sns.published[before:]]
    assert 10 <= len(probes) <= 17
    # 2,115 seconds are all nine attempts.
    assert min((b - a).total_seconds() for a, b in pairwise(probes)) >= 2_115
    assert all(row.retries <= 1 for row in world.rows("wh_1"))
    assert sum(report.counts[Event.PROBED] for report in world.reports) == len(world.sns.published)
