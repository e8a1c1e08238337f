"""Whatever receivers, signals and kills do: every row ends right, and everything is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.deliveries.row import Reason, RowState
from functions.domain.deliveries.serving.run_context import Event
from functions.domain.deliveries.stored import StoredEvent
from tests.functions.domain.deliveries.samples import T0
from tests.functions.domain.deliveries.simulation.sns import Receiver, SignalPath, Undocumented
from tests.functions.domain.deliveries.simulation.world import World

# Nothing goes wrong after so many hours; what is owed is then delivered within its schedule.
TROUBLED_HOURS = 72
HOURS = st.integers(0, TROUBLED_HOURS - 1)


@dataclass(frozen=True)
class Trouble:
    """What a webhook answers between two hours; None is no answer."""

    begins: int
    hours: int
    status: int | None

    def at(self, now: datetime) -> bool:
        begin = T0 + timedelta(hours=self.begins)
        end = min(begin + timedelta(hours=self.hours), T0 + timedelta(hours=TROUBLED_HOURS))
        return begin <= now < end


def receiver(troubles: list[Trouble]) -> Receiver:
    def answer(_: StoredEvent, now: datetime) -> int | None:
        return next((each.status for each in troubles if each.at(now)), 200)

    return answer


TROUBLES = st.lists(
    st.builds(Trouble, HOURS, st.integers(1, 48), st.sampled_from([None, 503, 500, 429, 404, 302])),
    max_size=3,
)
UNDOCUMENTED = st.builds(
    Undocumented,
    refused=st.sampled_from(["success", "failure", "dead_lettered"]),
    per_attempt=st.booleans(),
    retries_429=st.booleans(),
)
SILENCES = st.lists(
    st.builds(
        lambda begins, hours: (T0 + timedelta(hours=begins), T0 + timedelta(hours=begins + hours)),
        st.integers(0, TROUBLED_HOURS - 12),
        st.integers(1, 12),
    ),
    max_size=1,
)
PATHS = st.builds(
    SignalPath,
    random=st.builds(Random, st.integers(0, 1_000)),
    lost=st.sampled_from([0.0, 0.0, 0.05, 0.5]),
    doubled=st.sampled_from([0.0, 0.3]),
    longest_delay_seconds=st.sampled_from([3.0, 300.0, 7_200.0]),
    silent=SILENCES,
    unsubscribed=SILENCES,
)
Action = Callable[[World, str], None]
ACTIONS = st.lists(
    st.tuples(
        HOURS,
        st.sampled_from([World.pause, World.activate, World.delete, World.register_again]),
        st.booleans(),
    ),
    max_size=4,
)
KILLS = st.sampled_from([0.0, 0.0, 0.01, 0.05])


def lived_through(
    world: World,
    orders: list[int],
    troubles: list[list[Trouble]],
    actions: list[tuple[int, Action, bool]],
) -> World:
    """Have it all happen, then days without trouble."""
    for number, each in enumerate(troubles):
        world.register(f"wh_{number}", receiver(each))
    for hour in orders:
        world.timeline.after(hour * 3_600 + 17, lambda: world.order() and None)
    for hour, action, is_first in actions:
        webhook_id = "wh_0" if is_first else f"wh_{len(troubles) - 1}"
        world.timeline.after(hour * 3_600 + 29, lambda action=action, each=webhook_id: action(world, each))
    world.advance(hours=TROUBLED_HOURS)
    world.kill_probability = 0.0
    world.path.lost = 0.0
    for webhook_id in list(world.table.recipients):
        world.activate(webhook_id)
    world.advance(days=6)
    return world


WORLDS = {
    "orders": st.lists(HOURS, min_size=1, max_size=8),
    "troubles": st.lists(TROUBLES, min_size=1, max_size=2),
    "actions": ACTIONS,
}


@given(path=PATHS, undocumented=UNDOCUMENTED, kills=KILLS, seed=st.integers(0, 1_000), **WORLDS)
def test_every_delivery_is_accounted_for(path, undocumented, kills, seed, orders, troubles, actions) -> None:
    world = World(path=path, undocumented=undocumented, kill_probability=kills, seed=seed)
    lived_through(world, orders, troubles, actions)
    assert world.unaccounted() == []
    for webhook_id in world.table.rows:
        accepted = set(world.received(webhook_id))
        for row in world.rows(webhook_id):
            assert row.state in (RowState.DELIVERED, RowState.DEAD)
            if row.state is RowState.DELIVERED:
                assert row.event_id in accepted
            else:
                assert row.reason in (Reason.SCHEDULE_EXHAUSTED, Reason.SILENT, Reason.WEBHOOK_DELETED)
    # An attempt is counted once at most, whatever became of its signals.
    made = Counter((each.webhook_id, each.event_id) for each in world.sns.received)
    for webhook_id in world.table.rows:
        for row in world.rows(webhook_id):
            assert row.attempts <= made[webhook_id, row.event_id]


@given(undocumented=UNDOCUMENTED, orders=WORLDS["orders"], troubles=WORLDS["troubles"])
def test_with_every_signal_every_attempt_is_counted_and_nothing_is_received_twice(
    undocumented, orders, troubles
) -> None:
    world = World(undocumented=undocumented)
    lived_through(world, orders, troubles, [])
    made = Counter((each.webhook_id, each.event_id) for each in world.sns.received)
    for webhook_id in world.table.rows:
        received = world.received(webhook_id)
        assert len(received) == len(set(received))
        for row in world.rows(webhook_id):
            assert row.state is RowState.DELIVERED
            assert row.attempts == made[webhook_id, row.event_id]
    assert sum(report.counts[Event.SILENT] for report in world.reports) == 0
