"""Regressions of the simulation that shaped the design: each broke a simpler one."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from functions.domain.deliveries.row import Reason, RowState
from functions.domain.deliveries.serving.run_context import Event
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import Standing
from functions.domain.outage import ServiceUnavailable
from tests.functions.domain.deliveries import samples
from tests.functions.domain.deliveries.simulation.memory import Killed
from tests.functions.domain.deliveries.simulation.sns import Confirmation, Undocumented
from tests.functions.domain.deliveries.simulation.world import World, down


def test_a_healthy_webhook_receives_everything_at_once() -> None:
    world = World()
    world.register("wh_1")
    world.orders(50, every_seconds=10)
    world.advance(minutes=15)
    assert world.states_of("wh_1") == {"delivered"}
    assert len(world.received("wh_1")) == 50
    assert sum(report.counts.total() for report in world.reports) == 0


def test_four_days_down_and_everything_arrives_oldest_first() -> None:
    world = World()
    start = world.now
    world.register("wh_1", lambda event, now: 200 if now - start >= timedelta(days=4) else None)
    world.orders(192, every_seconds=1_800)
    world.advance(days=4)
    assert world.standing("wh_1") is Standing.FAILING
    assert world.received("wh_1") == []
    world.advance(hours=3)
    assert world.states_of("wh_1") == {"delivered"}
    assert world.standing("wh_1") is Standing.ACTIVE
    again = [event_id for at, _, event_id in world.sns.published if at >= start + timedelta(days=4)]
    released = again[1:] if again[0] != "e0" else again
    assert released == sorted(released, key=lambda each: int(each[1:]))
    assert [each.type for each in world.notices] == ["webhook.failing", "webhook.recovered"]


def test_a_webhook_that_is_down_for_too_long_is_disabled_and_misses_nothing() -> None:
    world = World()
    start = world.now
    world.register("wh_1", lambda event, now: 200 if now - start >= timedelta(days=6) else 503)
    world.orders(100, every_seconds=3_600)
    world.advance(days=7)
    assert world.standing("wh_1") is Standing.DISABLED
    assert world.received("wh_1") == []
    world.activate("wh_1")
    world.advance(hours=1)
    assert world.states_of("wh_1") == {"delivered"}
    assert len(world.received("wh_1")) == 100


def test_a_pause_of_31_days_ends_what_has_waited_for_30() -> None:
    world = World()
    world.register("wh_1")
    world.advance(minutes=5)
    world.pause("wh_1")
    world.orders(31, every_seconds=86_400)
    world.advance(days=31)
    world.activate("wh_1")
    world.advance(minutes=10)
    rows = world.rows("wh_1")
    assert [row.state for row in rows[:1]] == [RowState.DEAD]
    assert rows[0].reason is Reason.WAITED_TOO_LONG
    assert {row.state for row in rows[2:]} == {RowState.DELIVERED}


def test_an_order_before_the_confirmation_is_delivered_after_it() -> None:
    world = World()
    world.register("wh_1", is_confirmed=False)
    world.order()
    world.advance(hours=5)
    assert world.states_of("wh_1") == {"owed"}
    world.sns.confirmations["wh_1"] = Confirmation.CONFIRMED
    world.advance(minutes=2)
    assert world.states_of("wh_1") == {"delivered"}


def test_a_subscription_that_is_never_confirmed_waits_and_ends() -> None:
    world = World()
    world.register("wh_1", is_confirmed=False)
    world.order()
    world.advance(hours=49)
    world.sns.confirmations["wh_1"] = Confirmation.GONE
    world.advance(minutes=2)
    assert world.standing("wh_1") is Standing.UNSUBSCRIBED
    world.advance(days=31)
    assert [row.reason for row in world.rows("wh_1")] == [Reason.WAITED_TOO_LONG]


def test_one_event_that_is_always_rejected_blocks_no_other() -> None:
    world = World()
    world.register("wh_1", lambda event, now: 500 if event.event_id == "e3" else 200)
    world.orders(20, every_seconds=600)
    world.advance(days=5)
    (poison,) = [row for row in world.rows("wh_1") if row.event_id == "e3"]
    assert (poison.state, poison.reason) == (RowState.DEAD, Reason.SCHEDULE_EXHAUSTED)
    assert len(world.received("wh_1")) == 19
    assert world.notices == []


def test_a_webhook_that_rejects_unknown_types_is_healthy() -> None:
    world = World()
    world.register("wh_1", lambda event, now: 422 if event.event_type == "order.failed" else 200)
    for _ in range(30):
        world.order(event_type="order.failed")
        world.order()
        world.advance(minutes=5)
    assert world.notices == []
    assert len(world.received("wh_1")) == 30
    world.advance(days=4)
    assert {row.reason for row in world.rows("wh_1") if row.state is RowState.DEAD} == {
        Reason.SCHEDULE_EXHAUSTED
    }
    assert world.unaccounted() == []


@pytest.mark.parametrize("delays", [(0, 5, 5, 60), ()])
def test_health_does_not_flap_where_5_percent_of_attempts_are_answered_503(delays) -> None:
    world = World()
    world.sns.delays = delays
    world.register("wh_1", lambda event, now: 503 if world.random.random() < 0.02 else 200)
    world.orders(2_000, every_seconds=20)
    world.advance(days=2)
    assert world.notices == []
    assert world.states_of("wh_1") == {"delivered"}


def test_six_hours_without_a_log_entry_disturb_nobody() -> None:
    world = World()
    begin = world.now + timedelta(hours=1)
    world.path.silent = [(begin, begin + timedelta(hours=6))]
    world.register("wh_1")
    world.register("wh_2")
    world.orders(400, every_seconds=120)
    world.advance(hours=14)
    assert world.notices == []
    world.advance(days=2)
    assert world.unaccounted() == []
    assert world.states_of("wh_1") == world.states_of("wh_2") == {"delivered"}
    # While the path is broken nothing is sent again; after that each silent event once.
    assert len(world.received("wh_1")) <= 400 + 6 * 30 + 20


def test_an_hour_without_the_subscription_filter_sends_nothing_twice() -> None:
    world = World()
    begin = world.now + timedelta(hours=1)
    world.path.unsubscribed = [(begin, begin + timedelta(hours=1))]
    world.register("wh_1")
    world.orders(200, every_seconds=60)
    world.advance(days=1)
    assert world.states_of("wh_1") == {"delivered"}
    assert len(world.received("wh_1")) == 200


def backlog(world: World, webhook_id: str, number: int) -> None:
    """Have so many events wait at a webhook."""
    row = samples.row(
        webhook_id=webhook_id,
        registration=world.table.recipients[webhook_id].registration,
        client_id=world.table.recipients[webhook_id].client_id,
        created_at=world.now,
    )
    world.table.add_backlog(row, number)
    for each in range(number):
        world.table.events.setdefault(f"x{each:05}", stored_event(f"x{each:05}"))
    world.pause(webhook_id)
    world.activate(webhook_id)


def stored_event(event_id: str) -> StoredEvent:
    return StoredEvent(
        event_id=event_id,
        client_id="c1",
        event_type="order.paid",
        subject="order",
        event_time="2026-11-25T09:30:00.000Z",
        document="{}",
        md5=f"md5-{event_id}",
    )


def busiest_minute(world: World, webhook_id: str) -> int:
    """The most publications of redeliver for one webhook in any minute."""
    instants = deque[datetime]()
    most = 0
    for at, each, *_ in world.sns.published:
        if each == webhook_id:
            instants.append(at)
            while at - instants[0] >= timedelta(minutes=1):
                instants.popleft()
            most = max(most, len(instants))
    return most


@pytest.mark.slow
def test_50_dead_webhooks_with_20000_due_rows_each_delay_no_healthy_one() -> None:
    world = World()
    for number in range(50):
        world.register(f"wh_{number}", down, client_id="dead")
    world.order(client_id="dead")
    world.order(client_id="dead")
    world.advance(hours=1)
    for number in range(50):
        state = world.table.states[f"wh_{number}"]
        assert state.is_failing
        backlog(world, f"wh_{number}", 20_000)
        # Still failing: the backlog waits behind the probes.
        world.table.states[f"wh_{number}"] = replace(
            state, version=world.table.states[f"wh_{number}"].version, work_at=world.now
        )
    world.register("wh_healthy")
    world.pause("wh_healthy")
    world.orders(60, every_seconds=30)
    world.advance(minutes=31)
    before = len(world.sns.published)
    world.activate("wh_healthy")
    world.advance(minutes=1, seconds=30)
    assert world.states_of("wh_healthy") == {"delivered"}
    probes = [each for each in world.sns.published[before:] if each[1] != "wh_healthy"]
    assert len(probes) <= 50


@pytest.mark.slow
def test_50_releases_of_20000_rows_each_delay_no_other_webhook() -> None:
    world = World()
    for number in range(50):
        world.register(f"wh_{number}", client_id="many")
        backlog(world, f"wh_{number}", 20_000)
    world.register("wh_healthy")
    world.pause("wh_healthy")
    world.orders(20, every_seconds=1)
    world.advance(seconds=30)
    world.activate("wh_healthy")
    world.advance(minutes=1, seconds=30)
    assert world.states_of("wh_healthy") == {"delivered"}


@pytest.mark.slow
def test_10000_waiting_events_are_released_within_the_rate_and_in_order() -> None:
    world = World()
    world.register("wh_1")
    backlog(world, "wh_1", 10_000)
    world.advance(minutes=23)
    accepted = world.received("wh_1")
    assert accepted == sorted(accepted)
    assert len(accepted) == 10_000
    assert busiest_minute(world, "wh_1") <= world.timing.max_per_minute


def test_runs_that_are_killed_again_and_again_stay_within_the_rate() -> None:
    world = World(timing=Timing(delays_seconds=(7_200,), max_per_minute=60))
    world.register("wh_1")
    backlog(world, "wh_1", 200)
    world.advance(seconds=1)
    for _ in range(20):
        calls: list[str] = []

        def kill(name: str, calls: list[str] = calls) -> None:
            calls.append(name)
            if calls.count("publish") == 5:
                raise Killed

        world.redeliver(kill)
    world.advance(minutes=10)
    assert busiest_minute(world, "wh_1") <= 60
    assert len(set(world.received("wh_1"))) == 200


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_slow_calls_and_errors_stay_within_the_rate(seed, fails) -> None:
    world = World(timing=Timing(delays_seconds=(7_200,), max_per_minute=60))
    world.allows_errors = fails
    world.register("wh_1")
    backlog(world, "wh_1", 300)
    random = Random(seed)

    def pass_slowly(name: str) -> None:
        if name in {"publish", "put_message", "save_row"} and random.random() < 0.1:
            world.timeline.advance(random.choice((0.1, 0.5, 3.0)))
        if name == "publish" and random.random() < 0.2:
            # record_deliveries writes meanwhile.
            world.table.save_state(world.table.states["wh_1"])
        if fails and name == "save_row" and random.random() < 0.02:
            raise ServiceUnavailable("DynamoDB")

    world.redeliver = lambda: World.redeliver(world, pass_slowly)  # type: ignore[method-assign, misc]
    world.advance(minutes=30)
    assert set(world.received("wh_1")) == {row.event_id for row in world.rows("wh_1")}
    assert busiest_minute(world, "wh_1") <= 60


def test_a_rate_of_three_a_minute() -> None:
    world = World(timing=Timing(delays_seconds=(7_200,), max_per_minute=3))
    world.register("wh_1")
    backlog(world, "wh_1", 30)
    world.advance(minutes=16)
    assert len(world.received("wh_1")) == 30
    assert busiest_minute(world, "wh_1") <= 3


def test_two_express_runs_make_one_row_and_never_undo_a_delivery() -> None:
    world = World()
    world.register("wh_1")
    event_id = world.order()
    world.advance(seconds=30)
    assert world.states_of("wh_1") == {"delivered"}
    # The second run has read the event before the first had published it.
    world.table.events[event_id] = replace(world.table.events[event_id], topics_published={})
    world.inform(world.informed[event_id])
    world.advance(minutes=5)
    assert world.states_of("wh_1") == {"delivered"}
    # A delivered row is not addressed again.
    assert world.received("wh_1") == [event_id]


def test_overlapping_runs_publish_each_event_once() -> None:
    world = World()
    world.table.has_lease = False
    world.register("wh_1")
    world.pause("wh_1")
    world.orders(40, every_seconds=0.1)
    world.advance(seconds=5)
    world.activate("wh_1")
    begun = []

    def begin_another(name: str) -> None:
        if name == "find_event" and len(begun) < 5:
            begun.append(name)
            world.redeliver()

    world.redeliver(begin_another)
    world.advance(minutes=5)
    assert world.states_of("wh_1") == {"delivered"}
    assert sorted(world.received("wh_1")) == sorted(each.event_id for each in world.rows("wh_1"))


def test_the_lease_keeps_a_second_run_out_until_the_first_is_over_or_dead() -> None:
    world = World()
    world.register("wh_1")
    world.advance(minutes=5)
    world.pause("wh_1")
    world.order()
    world.activate("wh_1")
    world.table.lease = ("killed", world.now + timedelta(seconds=59))
    world.redeliver()
    assert world.received("wh_1") == []
    world.advance(minutes=2)
    assert world.states_of("wh_1") == {"delivered"}


def test_a_recovery_sends_what_is_dead_or_waits_for_the_schedule() -> None:
    world = World()
    start = world.now
    world.register("wh_1", lambda event, now: 200 if now - start > timedelta(days=5) else 404)
    world.orders(10, every_seconds=60)
    world.advance(days=4)
    assert world.states_of("wh_1") == {"dead"}
    world.order()
    world.advance(days=1, hours=1)
    world.recover("wh_1", start + timedelta(seconds=90), world.now)
    world.advance(minutes=5)
    assert [row.state.value for row in world.rows("wh_1")] == ["dead"] * 2 + ["delivered"] * 9
    job = world.table.jobs["job-wh_1"]
    assert (job.status, job.sent, job.skipped) == ("done", 9, 0)


def test_a_deleted_webhooks_rows_end() -> None:
    world = World()
    world.register("wh_1", lambda event, now: 404)
    world.orders(5, every_seconds=1)
    world.advance(minutes=5)
    world.delete("wh_1")
    world.advance(minutes=5)
    assert {row.reason for row in world.rows("wh_1")} == {Reason.WEBHOOK_DELETED}


def test_a_url_that_is_registered_again_starts_afresh() -> None:
    world = World()
    world.register("wh_1", lambda event, now: 404)
    world.order()
    world.advance(minutes=5)
    world.delete("wh_1")
    world.register("wh_1")
    world.order()
    world.advance(hours=3)
    assert [row.state.value for row in world.rows("wh_1")] == ["dead", "delivered"]
    assert world.rows("wh_1")[0].reason is Reason.WEBHOOK_DELETED


def test_a_410_disables_until_the_client_activates_the_webhook() -> None:
    world = World()
    start = world.now
    world.register("wh_1", lambda event, now: 200 if now - start > timedelta(hours=2) else 410)
    world.order()
    world.advance(hours=3)
    assert world.standing("wh_1") is Standing.DISABLED
    assert world.states_of("wh_1") == {"retrying"}
    world.activate("wh_1")
    world.advance(hours=3)
    assert world.standing("wh_1") is Standing.ACTIVE
    assert world.states_of("wh_1") == {"delivered"}


def test_a_webhook_that_sns_has_dropped_is_unsubscribed_and_its_events_wait() -> None:
    world = World()
    world.register("wh_1")
    world.sns.confirmations["wh_1"] = Confirmation.GONE
    world.order()
    world.advance(hours=12)
    assert world.standing("wh_1") is Standing.UNSUBSCRIBED
    assert world.states_of("wh_1") == {"owed"}


def test_a_dropped_webhook_that_is_registered_again_gets_what_has_waited() -> None:
    world = World()
    world.register("wh_1")
    world.sns.confirmations["wh_1"] = Confirmation.GONE
    world.order()
    world.advance(days=3)
    assert world.standing("wh_1") is Standing.UNSUBSCRIBED
    world.subscribe_again("wh_1")
    world.advance(hours=1)
    assert world.standing("wh_1") is Standing.PENDING_CONFIRMATION
    world.sns.confirmations["wh_1"] = Confirmation.CONFIRMED
    world.advance(minutes=10)
    assert world.standing("wh_1") is Standing.ACTIVE
    assert world.states_of("wh_1") == {"delivered"}


def test_a_429_that_sns_neither_retries_nor_dead_letters_is_sent_again() -> None:
    world = World(undocumented=Undocumented(retries_429=False, refused="success"))
    start = world.now
    world.register("wh_1", lambda event, now: 200 if now - start > timedelta(hours=20) else 429)
    world.orders(3, every_seconds=60)
    world.advance(days=2)
    assert world.states_of("wh_1") == {"delivered"}
    assert sum(report.counts[Event.SILENT] for report in world.reports) == 0


def test_a_poisonous_event_does_not_hold_a_failing_webhook() -> None:
    """Two events that always end in 500, one after the other: the probe goes on to the next."""
    world = World()
    world.register("wh_1", lambda event, now: 500 if event.event_id in ("e0", "e1") else 200)
    world.order()
    world.order()
    world.advance(hours=1)
    assert world.standing("wh_1") is Standing.FAILING
    world.orders(10, every_seconds=1)
    world.advance(hours=3)
    assert {"e2", "e11"} <= set(world.received("wh_1"))
