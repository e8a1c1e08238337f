"""The checker itself: a good run passes, and each claim is contradicted by facts made up to violate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.claims import CLAIMS
from tests.faults.facts import (
    AcceptedOrder,
    Execution,
    Facts,
    HandledEvent,
    RestingMessage,
    StoredOrder,
    TakenCharge,
    Webhook,
)
from tests.faults.proof import prove

POISON = "{"
ALL_TYPES = frozenset({"order.paid", "order.declined", "order.failed"})
AMOUNTS = {"a-paid": 1000, "a-declined": 2000, "a-failed": 3000, "b-paid": 4000}


def accepted(reference: str, **changes: Any) -> AcceptedOrder:
    order = AcceptedOrder(
        client_id=reference[0],
        reference=reference,
        amount=AMOUNTS[reference],
        currency="EUR",
        request_ids=frozenset({f"id-{reference}"}),
        expected_status=reference[2:],
    )
    return replace(order, **changes)


def stored(reference: str, **changes: Any) -> StoredOrder:
    order = StoredOrder(
        request_id=f"id-{reference}",
        client_id=reference[0],
        reference=reference,
        status=reference[2:],
        amount=AMOUNTS[reference],
        currency="EUR",
    )
    return replace(order, **changes)


def execution(reference: str, **changes: Any) -> Execution:
    return replace(Execution(request_id=f"id-{reference}", workflow="order", status="SUCCEEDED"), **changes)


def charge(reference: str, **changes: Any) -> TakenCharge:
    taken = TakenCharge(request_id=f"id-{reference}", amount=AMOUNTS[reference], currency="eur", kept=True)
    return replace(taken, **changes)


def handled(reference: str, **changes: Any) -> HandledEvent:
    event = HandledEvent(
        hook=reference[0],
        event_id=f"event-{reference}",
        event_type=f"order.{reference[2:]}",
        request_id=f"id-{reference}",
        status=reference[2:],
        amount=AMOUNTS[reference],
    )
    return replace(event, **changes)


def resting(reference: str, **changes: Any) -> RestingMessage:
    message = RestingMessage(
        queue="dead-webhooks",
        body=reference,
        reason="dead_since: now",
        hook="a-given-up",
        request_id=f"id-{reference}",
        event_id=f"event-{reference}",
        event_type=f"order.{reference[2:]}",
    )
    return replace(message, **changes)


TRIAL = HandledEvent(
    hook="a",
    event_id="trial",
    event_type="webhook.test",
    request_id="id-of-the-trial",
    status=None,
    amount=None,
    webhook_id="wh-a",
)


def webhook(hook: str, **changes: Any) -> Webhook:
    made = Webhook(hook=hook, client_id=hook[0], webhook_id=f"wh-{hook}", event_types=ALL_TYPES)
    return replace(made, **changes)


def good() -> Facts:
    """A run in which every claim holds: refunds, a repetition and a webhook that gave up included."""
    return Facts(
        workflow_type="STANDARD",
        accepted=tuple(map(accepted, AMOUNTS)),
        not_accepted=(),
        stored=tuple(map(stored, AMOUNTS)),
        executions=(*map(execution, AMOUNTS), execution("a-failed", workflow="release")),
        charges=(charge("a-paid"), charge("b-paid"), charge("a-failed", kept=False)),
        webhooks=(
            webhook("a"),
            webhook("a-given-up", event_types=frozenset({"order.declined"}), gives_up=True),
            webhook("a-spare", deleted=True),
            webhook("b"),
        ),
        handled=(*map(handled, AMOUNTS), handled("a-paid"), TRIAL),
        resting=(
            resting("a-declined"),
            RestingMessage(queue="orders-dead-letters", body=POISON, reason="reason: not an order"),
        ),
        poison=frozenset({POISON}),
        planned_faults={"kill": 1, "none planned": 0},
        happened_faults={"kill": 1},
    )


def test_nothing_is_found_in_a_good_run() -> None:
    report = prove(good())
    assert [claim for claim in report.claims if claim.against] == []
    assert report.holds


def without(name: str, *gone: Any) -> Callable[[Facts], Facts]:
    def change(facts: Facts) -> Facts:
        left = tuple(each for each in getattr(facts, name) if each not in gone)
        assert len(left) < len(getattr(facts, name))
        return replace(facts, **{name: left})

    return change


def with_also(name: str, *more: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, **{name: (*getattr(facts, name), *more)})


def both(*changes: Callable[[Facts], Facts]) -> Callable[[Facts], Facts]:
    def change(facts: Facts) -> Facts:
        for each in changes:
            facts = each(facts)
        return facts

    return change


def instead(name: str, old: Any, new: Any) -> Callable[[Facts], Facts]:
    return both(without(name, old), with_also(name, new))


VIOLATIONS: list[tuple[str, Callable[[Facts], Facts], str]] = [
    ("an order never accepted", with_also("not_accepted", "c"), "orders that were never accepted"),
    (
        "an accepted order gone",
        both(without("stored", stored("b-paid")), without("handled", handled("b-paid"))),
        "accepted orders that are not in the table",
    ),
    (
        "an order no execution was started for",
        without("executions", execution("b-paid")),
        "accepted orders without an execution",
    ),
    (
        "an execution only of the other workflow",
        instead("executions", execution("b-paid"), execution("b-paid", workflow="release")),
        "accepted orders without an execution",
    ),
    (
        "a pending order",
        instead("stored", stored("b-paid"), stored("b-paid", status="pending")),
        "orders without a final state",
    ),
    (
        "a failed execution",
        instead("executions", execution("b-paid"), execution("b-paid", status="FAILED")),
        "executions that did not succeed",
    ),
    (
        "a running release",
        with_also("executions", execution("a-failed", workflow="release", status="RUNNING")),
        "executions that did not succeed",
    ),
    ("a payment not taken", without("charges", charge("b-paid")), "paid orders without a charge"),
    (
        "a paid order's payment given back",
        instead("charges", charge("b-paid"), charge("b-paid", kept=False)),
        "paid orders without a charge",
    ),
    (
        "an event lost",
        without("handled", handled("b-paid")),
        "events that neither arrived nor rest in a queue with their reason",
    ),
    (
        "a dead event lost",
        without("resting", resting("a-declined")),
        "events that neither arrived nor rest in a queue with their reason",
    ),
    (
        "a dead event without a reason",
        instead("resting", resting("a-declined"), resting("a-declined", reason=None)),
        "events that neither arrived nor rest in a queue with their reason",
    ),
    (
        "an event that rests for another webhook",
        instead("resting", resting("a-declined"), resting("a-declined", hook="a")),
        "events that neither arrived nor rest in a queue with their reason",
    ),
    (
        "an order left on its queue",
        with_also("resting", RestingMessage(queue="orders", body="b-paid")),
        "messages left on a working queue",
    ),
    (
        "an event left on its queue",
        with_also("resting", resting("a-paid", queue="undelivered")),
        "messages left on a working queue",
    ),
    (
        "two orders for one key, both told",
        instead(
            "accepted", accepted("a-paid"), accepted("a-paid", request_ids=frozenset({"id-a-paid", "x"}))
        ),
        "idempotency keys with more than one order",
    ),
    (
        "two orders for one key, one told",
        with_also("stored", stored("a-paid", request_id="x")),
        "idempotency keys with more than one order",
    ),
    (
        "an order nobody was told of",
        with_also("stored", stored("a-paid", request_id="x")),
        "orders in the table that no one was told of",
    ),
    (
        "two executions of an order",
        with_also("executions", execution("a-paid")),
        "orders with more than one execution",
    ),
    ("two charges", with_also("charges", charge("a-paid")), "orders charged more than once"),
    (
        "a declined order charged",
        with_also("charges", charge("a-declined")),
        "charges kept for an order that is not paid",
    ),
    (
        "a charge of no order",
        with_also("charges", charge("a-paid", request_id="")),
        "charges kept for an order that is not paid",
    ),
    (
        "two outcomes told",
        with_also("handled", handled("a-paid", event_id="event-2")),
        "orders told to have more than one outcome",
    ),
    (
        "another client's event",
        with_also("handled", handled("b-paid", hook="a")),
        "events at a webhook that they were not for",
    ),
    (
        "an event of a type that was not wanted",
        with_also("handled", handled("a-paid", hook="a-given-up")),
        "events at a webhook that they were not for",
    ),
    (
        "an event at a deleted webhook",
        with_also("handled", handled("a-paid", hook="a-spare")),
        "events at a webhook that they were not for",
    ),
    (
        "an event at a webhook nobody knows",
        with_also("handled", handled("a-paid", hook="who")),
        "events at a webhook that they were not for",
    ),
    (
        "another webhook's test event",
        with_also("handled", replace(TRIAL, hook="b")),
        "events at a webhook that they were not for",
    ),
    (
        "an event of another outcome",
        instead("handled", handled("a-declined"), handled("a-declined", event_type="order.paid")),
        "events that contradict their order",
    ),
    (
        "an event whose data is another outcome's",
        instead("handled", handled("a-declined"), handled("a-declined", status="paid")),
        "events that contradict their order",
    ),
    (
        "an event of another amount",
        instead("handled", handled("a-paid"), handled("a-paid", amount=1)),
        "events that contradict their order",
    ),
    (
        "another amount stored",
        instead("stored", stored("a-paid"), stored("a-paid", amount=1)),
        "orders stored otherwise than they were posted",
    ),
    (
        "another client's name stored",
        instead("accepted", accepted("b-paid"), accepted("b-paid", client_id="a")),
        "orders stored otherwise than they were posted",
    ),
    (
        "an order paid against the plan",
        instead("accepted", accepted("b-paid"), accepted("b-paid", expected_status="declined")),
        "orders with another outcome than the plan's",
    ),
    (
        "a wrong amount charged",
        instead("charges", charge("b-paid"), charge("b-paid", amount=1)),
        "charges of a wrong amount or currency",
    ),
    (
        "a wrong currency charged",
        instead("charges", charge("b-paid"), charge("b-paid", currency="usd")),
        "charges of a wrong amount or currency",
    ),
    (
        "an order given up",
        with_also("resting", RestingMessage(queue="orders-dead-letters", body="b-paid")),
        "dead letters that the plan did not put there",
    ),
    (
        "a webhook given up that takes events",
        with_also("resting", resting("a-paid", hook="a")),
        "dead letters that the plan did not put there",
    ),
    (
        "poison gone",
        lambda facts: replace(facts, poison=facts.poison | {"["}),
        "poison that is not on the dead-letter queue with its reason",
    ),
    (
        "poison without a reason",
        instead(
            "resting",
            RestingMessage(queue="orders-dead-letters", body=POISON, reason="reason: not an order"),
            RestingMessage(queue="orders-dead-letters", body=POISON),
        ),
        "poison that is not on the dead-letter queue with its reason",
    ),
    (
        "a fault that did not happen",
        lambda facts: replace(facts, happened_faults={}),
        "planned faults that never happened",
    ),
]


@pytest.mark.parametrize(
    ("change", "text"), [pytest.param(change, text, id=name) for name, change, text in VIOLATIONS]
)
def test_each_violation_is_found(change: Callable[[Facts], Facts], text: str) -> None:
    report = prove(change(good()))
    found = {claim.text for claim in report.claims if claim.against}
    assert any(each.startswith(text) for each in found), found
    assert not report.holds


def test_every_claim_has_its_violation() -> None:
    violated = {text for _, _, text in VIOLATIONS}
    assert [text for _, text, _ in CLAIMS if not any(text.startswith(each) for each in violated)] == []


def test_an_express_workflow_may_start_twice_but_not_charge_twice() -> None:
    express = replace(good(), workflow_type="EXPRESS")
    assert prove(with_also("executions", execution("a-paid"))(express)).holds
    assert not prove(with_also("charges", charge("a-paid"))(express)).holds


def test_the_figures_add_up_by_kind() -> None:
    report = prove(without("handled", handled("a-paid"), handled("b-paid"))(good()))
    assert (report.figure("lost"), report.figure("doubled"), report.figure("misdelivered")) == (2, 0, 0)
