"""Which call meets which fault: decided by the seed and by what the call is about, never by chance.

A place is one kind of fault at one kind of call. Its subjects are orders, by their reference, or clients:
names that are the same in every run, while request IDs are not. A place chooses some of its subjects, and
hits the first calls that are about one of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from local.sns.behaviour import SnsBehaviour
from tests.faults.sns_settings import SNS_SETTINGS

CLIENTS = tuple(f"client-{number}" for number in range(1, 9))
# What becomes of each client's webhook; the other clients' take everything.
FAILING, SLOW, REFUSING, GONE = CLIENTS[2:6]
# This one has a second webhook, for declined orders, that never takes anything.
GIVEN_UP = CLIENTS[6]

# Silent until the order has failed, and a while beyond: its release succeeds in the end.
GATEWAY_NEVER_ANSWERS = "gateway never answers"
# Silent for longer than a release is tried: an operator has to redrive it.
RELEASE_GIVEN_UP = "gateway silent for longer than a release tries"
# What becomes of a log entry of SNS, at one of the event's webhooks.
ENTRY_NEVER_WRITTEN = "log entry never written"
ENTRY_SKIPPED = "log entry not sent to the subscription"
ENTRY_DOUBLED = "log entry sent twice"
ENTRY_DELAYED = "log entry sent seconds later"
ENTRY_OVERTAKEN = "log entry sent after later ones"
DELIVERED_TWICE = "message delivered twice"
FAILING_DELIVERED_TWICE = "message of an order that is going to fail delivered twice"
DELIVERED_LATE = "message delivered after later ones"
RESTARTED = "functions restarted"
# Nobody plans it: whose event a process had published when it was killed, for whatever reason, or timed out.
PUBLISHER_ENDED = "function killed or timed out after it had published"
POSTED_TWICE = "client posts twice"

_ORDER_FUNCTIONS = (
    "accept_order start_execution save_order process_payment update_order inform_client get_order "
    "redeliver_order"
).split()
_CLIENT_FUNCTIONS = (
    "create_webhook list_webhooks get_webhook delete_webhook send_test_event health refuse_request"
).split()
_ORDER_CALLS = (
    "PutItem idempotency",
    "UpdateItem idempotency",
    "SendMessage orders",
    "StartExecution order",
    "PutItem orders",
    "GetItem orders",
    "UpdateItem orders for its charge",
    "UpdateItem orders",
    "PutItem deliveries",
    "Publish order-events",
)
# These are killed at so many of their calls, which the seed chooses.
KILLED_ANYWHERE = {"inform_client": 10, "record_deliveries": 20, "redeliver": 20}
# A few only: each costs all of a function's time.
_DELAYED_CALLS = ("SendMessage orders", "UpdateItem orders", "Publish order-events")
# What an order's webhook answers, and how often; 0 closes the connection. SNS's delivery policy makes three
# attempts, so those that it retries end as failed too.
ANSWERS: Mapping[int, int] = {503: 3, 429: 3, 0: 3, 404: 1, 403: 1, 302: 1}
GATEWAY_FAULTS = ("unavailable", "rate limited", "reset", "slow", "answers too late")

# "calm" orders meet no other fault at the gateway: together these might outlast the workflow's retries. An
# order may have a single log entry, which can meet one fault, and its webhook answers in one way.
Among = Literal[
    "orders",
    "calm orders",
    "failed orders",
    "clients",
    "redelivered",
    "orders with sound entries",
    "orders with a working webhook",
]
_HIT_ONCE = ("calm orders", "orders with sound entries", "orders with a working webhook")


@dataclass(frozen=True)
class Place:
    """A kind of fault: whom it may hit, what share of them, and how often each."""

    name: str
    among: Among
    share: float
    times: tuple[int, ...] = (1,)


def killed(when: Literal["before", "after"], function: str) -> str:
    """Return the place where a function's process is killed, before or after its effect."""
    return f"{function} killed {when} its effect"


def killed_anywhere(function: str) -> str:
    """Return the place where a function is killed at one of its AWS calls, whatever it is about."""
    return f"{function} killed at a call"


def refused(call: str) -> str:
    """Return the place where an AWS call is refused and has no effect."""
    return f"{call} refused"


def failed(call: str) -> str:
    """Return the place where an AWS call has its effect and an error for an answer."""
    return f"{call} done but answered with an error"


def died(call: str) -> str:
    """Return the place where an AWS call has its effect, and its caller is killed before it knows."""
    return f"{call} done and its caller killed"


def delayed(call: str) -> str:
    """Return the place where an AWS call has its effect, and is answered when its caller's time is up."""
    return f"{call} done but answered too late"


def answered(status: int) -> str:
    """Return the place where an order's webhook gives an answer other than 2xx, or none."""
    return f"webhook answers {status}" if status else "webhook closes the connection"


def gateway(fault: str) -> str:
    return f"gateway {fault}"


def _places() -> tuple[Place, ...]:
    kills: list[tuple[str, Among, float]] = [
        *((each, "orders", 0.01) for each in _ORDER_FUNCTIONS),
        *((each, "clients", 0.125) for each in _CLIENT_FUNCTIONS),
        ("release_payment", "failed orders", 0.2),
    ]
    return (
        # These come first, since what is killed at a failed order is chosen among them.
        Place(GATEWAY_NEVER_ANSWERS, "calm orders", 0.01),
        Place(RELEASE_GIVEN_UP, "calm orders", 0.002),
        *(Place(gateway(fault), "calm orders", 0.02, (1, 2)) for fault in GATEWAY_FAULTS),
        *(Place(killed("before", function), among, share) for function, among, share in kills),
        *(Place(killed("after", function), among, share) for function, among, share in kills),
        Place(RESTARTED, "orders", 0.004),
        # Once is what an SDK's own retries hide; four times is more than they make.
        *(Place(refused(call), "orders", 0.02, (1, 4)) for call in _ORDER_CALLS),
        *(Place(failed(call), "orders", 0.02, (1, 4)) for call in _ORDER_CALLS),
        *(Place(died(call), "orders", 0.01) for call in _ORDER_CALLS),
        *(Place(delayed(call), "orders", 0.003) for call in _DELAYED_CALLS),
        Place(refused("Query webhooks"), "redelivered", 1.0, (4,)),
        Place(refused("UpdateItem webhooks"), "redelivered", 1.0, (4,)),
        *(
            Place(each, "orders with sound entries", 0.02)
            for each in (ENTRY_NEVER_WRITTEN, ENTRY_SKIPPED, ENTRY_DOUBLED, ENTRY_DELAYED, ENTRY_OVERTAKEN)
        ),
        *(
            Place(answered(status), "orders with a working webhook", 0.06, (times,))
            for status, times in ANSWERS.items()
        ),
        Place(DELIVERED_TWICE, "orders", 0.05),
        Place(FAILING_DELIVERED_TWICE, "failed orders", 0.5),
        Place(DELIVERED_LATE, "orders", 0.05),
        Place(POSTED_TWICE, "orders", 0.05),
    )


PLACES: Mapping[str, Place] = {place.name: place for place in _places()}


@dataclass(frozen=True)
class FaultPlan:
    """All faults of one run."""

    seed: int
    orders_per_client: int

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """The references of every order."""
        return tuple(reference for client in CLIENTS for reference in self.orders_of(client))

    def orders_of(self, client: str) -> tuple[str, ...]:
        """Return the references of a client's orders, in the order in which they are posted."""
        return tuple(f"{client}-order-{number:04}" for number in range(self.orders_per_client))

    @cached_property
    def chosen(self) -> Mapping[str, frozenset[str]]:
        """The subjects that each place hits."""
        chosen: dict[str, frozenset[str]] = {}
        for place in PLACES.values():
            subjects = self._subjects(place.among, chosen)
            count = max(1, round(place.share * len(subjects)))
            ranked = sorted(subjects, key=lambda subject, place=place: self._draw(place.name, subject))
            if place.among == "orders with a working webhook":
                ranked = self._across_settings(ranked)
            chosen[place.name] = frozenset(ranked[:count])
        return chosen

    def _across_settings(self, references: Sequence[str]) -> list[str]:
        """Return references so that the first ones are of as many of SNS's settings as possible."""
        rank: Counter[SnsBehaviour] = Counter()
        ranks = {}
        for each in references:
            behaviour = self.behaviour_of(each)
            ranks[each] = rank[behaviour]
            rank[behaviour] += 1
        return sorted(references, key=ranks.__getitem__)

    def behaviour_of(self, reference: str) -> SnsBehaviour:
        """Return how SNS behaves about an order's event: all clients' orders pass through every setting."""
        client, _, number = reference.rpartition("-order-")
        position = int(number) * len(CLIENTS) + CLIENTS.index(client)
        return SNS_SETTINGS[position * len(SNS_SETTINGS) // len(self.orders)]

    @property
    def failing(self) -> frozenset[str]:
        """The orders whose payment the gateway never answers."""
        return self.chosen[GATEWAY_NEVER_ANSWERS] | self.chosen[RELEASE_GIVEN_UP]

    def hits(self, place: str, subject: str, number: int) -> bool:
        """Return whether a place hits the call that is its `number`-th (from 1) about a subject."""
        return number <= self.planned(place, subject)

    def planned(self, place: str, subject: str) -> int:
        """Return how often a place hits calls about a subject."""
        if subject not in self.chosen[place]:
            return 0
        times = PLACES[place].times
        return times[self._draw(f"times/{place}", subject) % len(times)]

    def is_declined(self, reference: str) -> bool:
        """Return whether an order is paid with a card that the bank refuses."""
        return int(reference[-4:]) % 7 == 3

    def expected_status(self, reference: str) -> str:
        """Return what becomes of an order, whatever else goes wrong."""
        if reference in self.failing:
            return "failed"
        return "declined" if self.is_declined(reference) else "paid"

    def _subjects(self, among: Among, chosen: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
        if among == "failed orders":
            return tuple(sorted(chosen[GATEWAY_NEVER_ANSWERS] | chosen[RELEASE_GIVEN_UP]))
        if among in _HIT_ONCE:
            hit = frozenset().union(*(chosen[name] for name in chosen if PLACES[name].among == among))
            return tuple(each for each in self.orders if each not in hit)
        return {"orders": self.orders, "clients": CLIENTS, "redelivered": (GONE,)}[among]

    def _draw(self, what: str, subject: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed}/{what}/{subject}".encode()).digest()[:8], "big")
