"""What a run can have done wrong, each as a change of made-up facts, and the claim that it speaks against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.faults.facts import Facts, QueuedMessage
from tests.faults.made_up import (
    GIVEN_UP_DELIVERY,
    GIVEN_UP_RELEASE,
    POISON,
    REPEATED,
    TEST_EVENT_TAKEN,
    WAITING_DELIVERY,
    accepted,
    charge,
    delivery,
    execution,
    handled,
    stored,
)


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
        "events that neither arrived nor are dead with a reason nor wait",
    ),
    (
        "a dead event lost",
        without("deliveries", GIVEN_UP_DELIVERY),
        "events that neither arrived nor are dead with a reason nor wait",
    ),
    (
        "an event that waits at a webhook that does not",
        instead("deliveries", WAITING_DELIVERY, replace(WAITING_DELIVERY, hook="a-spare")),
        "events that neither arrived nor are dead with a reason nor wait",
    ),
    (
        "a delivery that nobody took",
        without("handled", handled("b-paid")),
        "deliveries in the table that the webhook has not taken",
    ),
    (
        "an event without a row",
        without("deliveries", delivery("b-paid")),
        "events without a row at a webhook that wants them",
    ),
    (
        "a row of another webhook only",
        instead("deliveries", delivery("b-paid"), delivery("b-paid", hook="a")),
        "events without a row at a webhook that wants them",
    ),
    *(
        (
            f"a row left {state}",
            instead("deliveries", delivery("b-paid"), delivery("b-paid", state=state)),
            "open rows at webhooks that do not wait",
        )
        for state in ("owed", "pending", "retrying")
    ),
    (
        "a dead row without a reason",
        instead("deliveries", GIVEN_UP_DELIVERY, replace(GIVEN_UP_DELIVERY, reason=None)),
        "dead rows without a reason",
    ),
    (
        "a row dead at a webhook that takes events",
        instead("deliveries", delivery("b-paid"), delivery("b-paid", state="dead", reason="silent")),
        "dead rows that the plan did not let die",
    ),
    (
        "a repetition without a cause",
        instead("repetitions", REPEATED, replace(REPEATED, cause="")),
        "events taken twice without a known cause",
    ),
    (
        "an order left on its queue",
        with_also("queued", QueuedMessage(queue="orders", body="b-paid")),
        "messages left on a working queue",
    ),
    (
        "an event left on its queue",
        with_also("queued", QueuedMessage(queue="undelivered", body="a-paid")),
        "messages left on a working queue",
    ),
    (
        "two orders for one key, both answered",
        instead(
            "accepted", accepted("a-paid"), accepted("a-paid", request_ids=frozenset({"id-a-paid", "x"}))
        ),
        "idempotency keys with more than one order",
    ),
    (
        "two orders for one key, one answered",
        with_also("stored", stored("a-paid", request_id="x")),
        "idempotency keys with more than one order",
    ),
    (
        "an order whose request ID no client got",
        with_also("stored", stored("a-paid", request_id="x")),
        "orders in the table under a request ID that no client got",
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
        "events of two outcomes",
        with_also("handled", handled("a-paid", event_id="event-2")),
        "orders with events of more than one outcome",
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
        with_also("handled", replace(TEST_EVENT_TAKEN, hook="b")),
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
        "an execution failed against the plan",
        with_also("redriven", replace(GIVEN_UP_RELEASE, reference="b-paid")),
        "executions that failed and that the plan did not let fail",
    ),
    (
        "a release not given up",
        without("redriven", GIVEN_UP_RELEASE),
        "releases that should have been given up and were not",
    ),
    (
        "a failure without an alarm",
        instead("redriven", GIVEN_UP_RELEASE, replace(GIVEN_UP_RELEASE, alarmed=False)),
        "failed executions that no alarm watches for",
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
        with_also("queued", QueuedMessage(queue="orders-dead-letters", body="b-paid")),
        "dead letters that the plan did not put there",
    ),
    (
        "an envelope that could not be read",
        with_also("queued", QueuedMessage(queue="undelivered-unreadable", body="{}")),
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
            "queued",
            QueuedMessage(queue="orders-dead-letters", body=POISON, reason="reason: not an order"),
            QueuedMessage(queue="orders-dead-letters", body=POISON),
        ),
        "poison that is not on the dead-letter queue with its reason",
    ),
    (
        "a fault that did not happen",
        lambda facts: replace(facts, happened_faults={}),
        "planned faults that never happened",
    ),
]
