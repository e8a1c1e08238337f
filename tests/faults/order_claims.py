"""What speaks against the claims about orders, their executions and their payments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.faults.facts import Facts

FINAL_STATUSES = frozenset({"paid", "declined", "failed"})


def not_accepted(facts: Facts) -> Iterable[str]:
    return facts.not_accepted


def not_stored(facts: Facts) -> Iterable[str]:
    stored = {each.request_id for each in facts.stored}
    return (each.reference for each in facts.accepted if not each.request_ids & stored)


def not_started(facts: Facts) -> Iterable[str]:
    started = {each.request_id for each in facts.executions if each.workflow == "order"}
    return (each.reference for each in facts.accepted if not each.request_ids & started)


def not_final(facts: Facts) -> Iterable[str]:
    return (f"{each.reference}: {each.status}" for each in facts.stored if each.status not in FINAL_STATUSES)


def unfinished_executions(facts: Facts) -> Iterable[str]:
    return (
        f"{each.workflow} {each.request_id}: {each.status}"
        for each in facts.executions
        if each.status != "SUCCEEDED"
    )


def paid_without_charge(facts: Facts) -> Iterable[str]:
    charged = {each.request_id for each in facts.charges if each.kept}
    return (
        each.reference for each in facts.stored if each.status == "paid" and each.request_id not in charged
    )


def keys_with_more_orders(facts: Facts) -> Iterable[str]:
    counts = Counter(each.reference for each in facts.stored)
    yield from (f"{reference}: {count} in the table" for reference, count in counts.items() if count > 1)
    yield from (each.reference for each in facts.accepted if len(each.request_ids) != 1)


def unasked(facts: Facts) -> Iterable[str]:
    known = {request_id for each in facts.accepted for request_id in each.request_ids}
    return (f"{each.reference} as {each.request_id}" for each in facts.stored if each.request_id not in known)


def started_twice(facts: Facts) -> Iterable[str]:
    if facts.workflow_type != "STANDARD":
        # Nothing keeps an EXPRESS workflow from starting twice: what it does twice is what counts.
        return ()
    counts = Counter(each.request_id for each in facts.executions if each.workflow == "order")
    return (f"{request_id}: {count}" for request_id, count in counts.items() if count > 1)


def charged_twice(facts: Facts) -> Iterable[str]:
    counts = Counter(each.request_id for each in facts.charges if each.kept)
    return (f"{request_id}: {count} charges" for request_id, count in counts.items() if count > 1)


def charged_without_being_paid(facts: Facts) -> Iterable[str]:
    paid = {each.request_id for each in facts.stored if each.status == "paid"}
    return (each.request_id for each in facts.charges if each.kept and each.request_id not in paid)


def charged_wrongly(facts: Facts) -> Iterable[str]:
    right = {
        request_id: (each.amount, each.currency.lower())
        for each in facts.accepted
        for request_id in each.request_ids
    }
    for charge in facts.charges:
        taken = (charge.amount, charge.currency.lower())
        if charge.kept and taken != right.get(charge.request_id, taken):
            yield f"{charge.request_id}: {taken[0]} {taken[1]}"


def stored_otherwise(facts: Facts) -> Iterable[str]:
    stored = {each.request_id: each for each in facts.stored}
    for order in facts.accepted:
        for found in (stored[each] for each in order.request_ids if each in stored):
            asked = (order.client_id, order.reference, order.amount, order.currency)
            if asked != (found.client_id, found.reference, found.amount, found.currency):
                yield order.reference


def ended_otherwise(facts: Facts) -> Iterable[str]:
    stored = {each.request_id: each.status for each in facts.stored}
    for order in facts.accepted:
        for request_id in order.request_ids:
            if request_id in stored and stored[request_id] != order.expected_status:
                yield f"{order.reference}: {stored[request_id]} instead of {order.expected_status}"


def failed_unplanned(facts: Facts) -> Iterable[str]:
    return (
        f"{each.workflow} of {each.reference}"
        for each in facts.redriven
        if each.reference not in facts.releases_to_give_up
    )


def not_given_up(facts: Facts) -> Iterable[str]:
    return facts.releases_to_give_up - {each.reference for each in facts.redriven}


def failed_unnoticed(facts: Facts) -> Iterable[str]:
    return (f"{each.workflow} of {each.reference}" for each in facts.redriven if not each.alarmed)


def faults_that_never_happened(facts: Facts) -> Iterable[str]:
    return (
        fault
        for fault, planned in facts.planned_faults.items()
        if planned and not facts.happened_faults.get(fault)
    )
