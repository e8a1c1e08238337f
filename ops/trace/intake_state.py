"""What may keep an accepted order from its execution: the mapping, a backlog, or a dead letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ops.instants import span
from ops.mappings import QueueMapping, mappings_of
from ops.queues import Depth, depths_with_ages
from ops.target import Target

ACCEPT, START = "accept-order", "start-execution"
_WAIT = " (docs/runbook.md#orders-wait)"
# Some seconds' work.
_BACKLOG = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeState:
    """The way from the queue to the workflow at one moment."""

    mappings: tuple[QueueMapping, ...]
    orders: Depth
    dead_letters: Depth

    def causes(self) -> Iterator[str]:
        """Yield why an accepted order may not move, the likeliest cause first."""
        if not self.mappings:
            yield f"{START} has no event source mapping: nothing receives orders{_WAIT}"
        for each in self.mappings:
            if not each.is_enabled:
                yield f"the event source mapping of {START} is {each.state}: nothing receives orders{_WAIT}"
        if self.orders.total > _BACKLOG:
            age = self.orders.oldest_seconds
            oldest = "" if age is None else f", the oldest for {span(age)}"
            yield f"a backlog: {self.orders.total} messages are on orders{oldest}{_WAIT}"
        if self.dead_letters.total:
            yield (
                f"{self.dead_letters.total} on orders-dead-letters, this order perhaps among them: "
                "`dead-letters` lists them (docs/runbook.md#orders-dead-letters)"
            )


def read_intake_state(target: Target) -> IntakeState:
    """Read the mapping and the queues."""
    orders, dead_letters = depths_with_ages(target, ("orders", "orders-dead-letters"))
    return IntakeState(mappings=tuple(mappings_of(target, START)), orders=orders, dead_letters=dead_letters)
