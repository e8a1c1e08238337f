"""The claims about a run, each with the function that finds what contradicts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from tests.faults import delivery_claims as deliveries
from tests.faults import event_claims as events
from tests.faults import order_claims as orders
from tests.faults.facts import Facts

Kind = Literal["lost", "doubled", "misdelivered", "unaccounted", "other"]

Contradiction = tuple[Kind, str, Callable[[Facts], Iterable[str]]]

DELIVERY_CLAIMS: tuple[Contradiction, ...] = (
    ("lost", "events that neither arrived nor are dead with a reason nor wait", events.undelivered),
    ("lost", "deliveries in the table that the webhook has not taken", deliveries.delivered_and_not_taken),
    ("lost", "messages left on a working queue", events.left_on_a_queue),
    ("doubled", "orders with events of more than one outcome", events.two_outcomes),
    ("misdelivered", "events at a webhook that they were not for", events.at_the_wrong_webhook),
    ("misdelivered", "events that contradict their order", events.not_as_stored),
    ("unaccounted", "events without a row at a webhook that wants them", deliveries.without_row),
    ("unaccounted", "open rows at webhooks that do not wait", deliveries.open_without_waiting),
    ("unaccounted", "dead rows without a reason", deliveries.dead_without_reason),
    ("other", "dead rows that the plan did not let die", deliveries.dead_unplanned),
    ("other", "events taken twice without a known cause", deliveries.repeated_without_cause),
)
CLAIMS: tuple[Contradiction, ...] = (
    ("lost", "orders that were never accepted, however often they were posted", orders.not_accepted),
    ("lost", "accepted orders that are not in the table", orders.not_stored),
    ("lost", "accepted orders without an execution", orders.not_started),
    ("lost", "orders without a final state", orders.not_final),
    ("lost", "executions that did not succeed", orders.unfinished_executions),
    ("lost", "paid orders without a charge", orders.paid_without_charge),
    ("doubled", "idempotency keys with more than one order", orders.keys_with_more_orders),
    ("doubled", "orders in the table under a request ID that no client got", orders.unasked),
    ("doubled", "orders with more than one execution", orders.started_twice),
    ("doubled", "orders charged more than once", orders.charged_twice),
    ("doubled", "charges kept for an order that is not paid", orders.charged_without_being_paid),
    ("other", "orders stored otherwise than they were posted", orders.stored_otherwise),
    ("other", "orders with another outcome than the plan's", orders.ended_otherwise),
    ("other", "executions that failed and that the plan did not let fail", orders.failed_unplanned),
    ("other", "releases that should have been given up and were not", orders.not_given_up),
    ("other", "failed executions that no alarm watches for", orders.failed_unnoticed),
    ("other", "charges of a wrong amount or currency", orders.charged_wrongly),
    ("other", "dead letters that the plan did not put there", events.unplanned_dead_letters),
    ("other", "poison that is not on the dead-letter queue with its reason", events.missing_dead_letters),
    ("other", "planned faults that never happened", orders.faults_that_never_happened),
    *DELIVERY_CLAIMS,
)
