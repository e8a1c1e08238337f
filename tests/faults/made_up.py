"""Made-up facts: a run in which every claim holds, and its parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.faults.facts import (
    AcceptedOrder,
    Delivery,
    Execution,
    Facts,
    FailedExecution,
    HandledEvent,
    QueuedMessage,
    Repetition,
    StoredOrder,
    TakenCharge,
    Webhook,
)

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


GIVEN_UP_RELEASE = FailedExecution(reference="a-failed", workflow="release", alarmed=True)


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


def delivery(reference: str, **changes: Any) -> Delivery:
    row = Delivery(
        hook=reference[0],
        event_id=f"event-{reference}",
        event_type=f"order.{reference[2:]}",
        request_id=f"id-{reference}",
        state="delivered",
    )
    return replace(row, **changes)


GIVEN_UP_DELIVERY = delivery("a-declined", hook="a-given-up", state="dead", reason="schedule_exhausted")
WAITING_DELIVERY = delivery("a-paid", hook="a-paused", state="owed")
REPEATED = Repetition(hook="a", request_id="id-a-paid", times=2, cause="a function killed")


TEST_EVENT_TAKEN = HandledEvent(
    hook="a",
    event_id="test-event",
    event_type="webhook.test",
    request_id="id-of-the-test-event",
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
        redriven=(GIVEN_UP_RELEASE,),
        releases_to_give_up=frozenset({"a-failed"}),
        charges=(charge("a-paid"), charge("b-paid"), charge("a-failed", kept=False)),
        webhooks=(
            webhook("a"),
            webhook("a-given-up", event_types=frozenset({"order.declined"}), gives_up=True),
            webhook("a-paused", event_types=frozenset({"order.paid"})),
            webhook("a-spare", deleted=True),
            webhook("b"),
        ),
        handled=(*map(handled, AMOUNTS), handled("a-paid"), TEST_EVENT_TAKEN),
        deliveries=(*map(delivery, AMOUNTS), GIVEN_UP_DELIVERY, WAITING_DELIVERY),
        waiting={"a-paused": "paused"},
        repetitions=(REPEATED,),
        queued=(QueuedMessage(queue="orders-dead-letters", body=POISON, reason="reason: not an order"),),
        poison=frozenset({POISON}),
        planned_faults={"kill": 1, "none planned": 0},
        happened_faults={"kill": 1},
    )
