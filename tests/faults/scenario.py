"""What the clients do under a plan's faults, and when it is over."""

from __future__ import annotations

import time
from argparse import Namespace
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.emulated_clock import EmulatedClock
from local.stripe.fake_stripe import FakeStripe
from ops import redrive
from tests.faults import collect
from tests.faults.client import Client
from tests.faults.event_claims import WORKING_QUEUES, accounted, expected_deliveries
from tests.faults.facts import Delivery, Facts, FailedExecution, Repetition, TakenCharge
from tests.faults.gateway import GatewayFaults
from tests.faults.injector import read_journal, read_lines
from tests.faults.order_claims import FINAL_STATUSES
from tests.faults.plan import (
    CLIENTS,
    KILLED_ANYWHERE,
    PLACES,
    POSTED_TWICE,
    RELEASE_GIVEN_UP,
    SLOW,
    FaultPlan,
    killed_anywhere,
)
from tests.faults.receivers import PLANNED, Receivers
from tests.faults.repetitions import find_repetitions
from tests.faults.silence import ending_silences
from tests.faults.under_way import UnderWay, orders_under_way
from tests.support.chain import Chain
from tests.support.waiting import wait_for

# Nine hours, after which a publication is silent, are half a minute.
_FAST = 1000.0
POISON = ('{"request_id": "poison-1"', '{"request_id": "poison-2"}', '"poison-3"')
# A release is tried for about a minute, on a busy machine for some.
_LONGEST_RELEASE_SECONDS = 600
# Nothing new for so long, and it is judged as it is.
_LONGEST_STANDSTILL_SECONDS = 60
# Each look is followed by a pause of twice its time.
_LOOKS_AT_A_STANDSTILL = 15
_SECONDS_BETWEEN_REPORTS = 20


@dataclass(frozen=True)
class Stage:
    """Everything that runs, and what is planned for it."""

    chain: Chain
    plan: FaultPlan
    workflow_type: str
    receivers: Receivers
    stripe: FakeStripe
    gateway: GatewayFaults
    journal: Path
    clock: EmulatedClock


class Scenario:
    """Eight clients and what they do, each in a thread of its own."""

    def __init__(self, stage: Stage, say: Callable[[str], object]) -> None:
        self._stage = stage
        self._say = say
        self._started = time.monotonic()
        self._redriven: tuple[FailedExecution, ...] = ()
        under_way = UnderWay(lambda: orders_under_way(stage.chain))
        self._clients = [
            Client(stage.chain, stage.plan, stage.receivers, under_way, each) for each in CLIENTS
        ]

    def play(self) -> Facts:
        """Let everything happen, and return what is found when nothing more does."""
        for body in POISON:
            self._stage.chain.send(body)
        self._each(Client.register)
        self._report("webhooks registered")
        self._stage.receivers.start_faults()
        with ending_silences(self._stage.chain, self._stage.plan, self._stage.gateway, self._references):
            self._each(Client.post_orders)
            self._report(f"{len(self._stage.plan.orders)} orders posted")
            self._each(Client.ask_for_events_again)
            self._wait(lambda facts: _count_pending(facts) == 0)
            self._report("every order final")
            self._redrive()
            # From here on hours are seconds: deadlines and redeliveries come at once.
            self._stage.clock.run_at(_FAST)
            facts = self._wait(_is_quiet)
        self._report("quiet")
        return facts

    def _redrive(self) -> None:
        """Wait until the releases that cannot succeed have failed, and do what the runbook says."""
        given_up = self._stage.plan.chosen[RELEASE_GIVEN_UP]

        def failed() -> bool:
            self._redriven = collect.failed_executions(self._stage.chain, self._references())
            return given_up <= {each.reference for each in self._redriven}

        with suppress(AssertionError):
            # What has not failed by then is judged as it is.
            wait_for(failed, "the releases to fail", _LONGEST_RELEASE_SECONDS)
        self._report(f"{len(self._redriven)} executions failed and redriven")
        self._stage.gateway.answer_again(self._stage.plan.failing)
        if self._redriven:
            options = Namespace(dead_letters=False, request_ids=[], all=True, since=None)
            redrive.redrive(collect.operated(self._stage.chain), options)

    def _references(self) -> dict[str, str]:
        """Return the references of the orders accepted so far, by their request ID."""
        return {
            request_id: order.reference
            for client in self._clients
            for order in list(client.record.accepted)
            for request_id in order.request_ids
        }

    def _report(self, what: str) -> None:
        self._say(f"{time.monotonic() - self._started:5.0f} s: {what}")

    def _each(self, do: Callable[[Client], None]) -> None:
        with ThreadPoolExecutor(len(self._clients)) as pool:
            for done in [pool.submit(do, client) for client in self._clients]:
                done.result()

    def _wait(self, is_over: Callable[[Facts], bool]) -> Facts:
        """Return the facts when it is over, or when nothing has changed for long."""
        last_change, before = time.monotonic(), None
        last_reported = last_change
        while True:
            looked_at = time.monotonic()
            facts = self._collect()
            figures = _figures(facts)
            if looked_at - last_reported > _SECONDS_BETWEEN_REPORTS:
                self._report(_describe(facts))
                last_reported = looked_at
            # With many orders a look takes so long that a few of them are a minute.
            longest_standstill_seconds = max(
                _LONGEST_STANDSTILL_SECONDS, _LOOKS_AT_A_STANDSTILL * (time.monotonic() - looked_at)
            )
            if is_over(facts) or looked_at - last_change > longest_standstill_seconds:
                return facts
            if figures != before:
                last_change, before = time.monotonic(), figures
            # With many orders, looking takes longer than a second itself.
            time.sleep(max(1.0, 2 * (time.monotonic() - looked_at)))

    def _collect(self) -> Facts:
        records = [client.record for client in self._clients]
        accepted = tuple(order for record in records for order in record.accepted)
        webhooks = tuple(webhook for record in records for webhook in record.webhooks)
        request_ids = [request_id for order in accepted for request_id in order.request_ids]
        deliveries = collect.deliveries(self._stage.chain, webhooks)
        return Facts(
            workflow_type=self._stage.workflow_type,
            accepted=accepted,
            not_accepted=tuple(reference for record in records for reference in record.not_accepted),
            stored=collect.stored_orders(self._stage.chain),
            executions=collect.executions(self._stage.chain, request_ids),
            redriven=self._redriven,
            releases_to_give_up=self._stage.plan.chosen[RELEASE_GIVEN_UP],
            charges=tuple(
                TakenCharge(
                    request_id=each.request_id,
                    amount=each.amount,
                    currency=each.currency,
                    kept=not each.refunded,
                )
                for each in self._stage.stripe.account.charges()
            ),
            webhooks=webhooks,
            handled=collect.handled_events(self._stage.receivers.handled()),
            deliveries=deliveries,
            waiting=collect.waiting_webhooks(self._stage.chain, webhooks),
            repetitions=self._repetitions(deliveries),
            queued=collect.queued_messages(self._stage.chain),
            poison=frozenset(POISON),
            planned_faults=self._planned(),
            happened_faults=self._happened(),
        )

    def _repetitions(self, deliveries: tuple[Delivery, ...]) -> tuple[Repetition, ...]:
        references = self._references()
        hit: defaultdict[str, set[str]] = defaultdict(set)
        for line in read_lines(self._stage.journal):
            hit[line["subject"]].add(line["place"])
        return find_repetitions(
            self._stage.receivers.attempts(),
            deliveries,
            {request_id: frozenset(hit[reference]) for request_id, reference in references.items()},
            late_hooks=frozenset({SLOW}),
            asked_for=frozenset(each for client in self._clients for each in client.asked_again),
        )

    def _planned(self) -> Mapping[str, int]:
        chosen = self._stage.plan.chosen
        return {
            **{name: sum(self._stage.plan.planned(name, each) for each in chosen[name]) for name in PLACES},
            **{killed_anywhere(function): count for function, count in KILLED_ANYWHERE.items()},
            **PLANNED,
        }

    def _happened(self) -> Mapping[str, int]:
        given_up = self._stage.plan.chosen[RELEASE_GIVEN_UP]
        return {
            **read_journal(self._stage.journal),
            RELEASE_GIVEN_UP: sum(each.reference in given_up for each in self._redriven),
            **self._stage.gateway.happened,
            **self._stage.receivers.happened(),
            POSTED_TWICE: sum(client.posted_twice for client in self._clients),
        }


def _count_pending(facts: Facts) -> int:
    final = {each.request_id for each in facts.stored if each.status in FINAL_STATUSES}
    return sum(not each.request_ids <= final for each in facts.accepted)


def _describe(facts: Facts) -> str:
    """Return what is still under way."""
    running = sum(each.status == "RUNNING" for each in facts.executions)
    queued = Counter(each.queue for each in facts.queued if each.queue in WORKING_QUEUES)
    rows = Counter(
        f"{each.state} at {each.hook}"
        for each in facts.deliveries
        if each.is_open and each.hook not in facts.waiting
    )
    return (
        f"{_count_pending(facts)} orders not final, {running} executions running, {dict(queued)} in queues, "
        f"open rows: {dict(rows)}"
    )


def _is_quiet(facts: Facts) -> bool:
    return (
        _count_pending(facts) == 0
        and all(each.status != "RUNNING" for each in facts.executions)
        and all(each.queue not in WORKING_QUEUES for each in facts.queued)
        and all(each.hook in facts.waiting for each in facts.deliveries if each.is_open)
        and not expected_deliveries(facts) - accounted(facts)
    )


def _figures(facts: Facts) -> object:
    """Return what changes as long as something comes of what happens."""
    return (
        len(facts.stored),
        _count_pending(facts),
        Counter((each.workflow, each.status) for each in facts.executions),
        Counter(each.queue for each in facts.queued),
        len(facts.handled),
        Counter((each.state, each.publications) for each in facts.deliveries),
        len(facts.charges),
    )
