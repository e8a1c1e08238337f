"""What speaks against the claims about deliveries: every event is accounted for at every webhook."""

from __future__ import annotations

from collections.abc import Iterable

from tests.faults.event_claims import TEST_EVENT, expected_deliveries
from tests.faults.facts import Delivery, Facts


def without_row(facts: Facts) -> Iterable[str]:
    rows = {(each.hook, each.request_id, each.event_type) for each in facts.deliveries}
    return map(" ".join, expected_deliveries(facts) - rows)


def open_without_waiting(facts: Facts) -> Iterable[str]:
    return (
        f"{each.state}: {_shown(each)}"
        for each in facts.deliveries
        if each.is_open and each.hook not in facts.waiting
    )


def dead_without_reason(facts: Facts) -> Iterable[str]:
    return (_shown(each) for each in facts.deliveries if each.state == "dead" and not each.reason)


def delivered_and_not_taken(facts: Facts) -> Iterable[str]:
    taken = {(each.hook, each.event_id) for each in facts.handled}
    return (
        _shown(each)
        for each in facts.deliveries
        if each.state == "delivered" and (each.hook, each.event_id) not in taken
    )


def dead_unplanned(facts: Facts) -> Iterable[str]:
    gives_up = {each.hook for each in facts.webhooks if each.gives_up or each.deleted}
    return (
        f"{each.reason}: {_shown(each)}"
        for each in facts.deliveries
        if each.state == "dead" and each.hook not in gives_up and each.event_type != TEST_EVENT
    )


def repeated_without_cause(facts: Facts) -> Iterable[str]:
    return (
        f"{each.times} times: {each.request_id} at {each.hook}"
        for each in facts.repetitions
        if not each.cause
    )


def _shown(delivery: Delivery) -> str:
    return f"{delivery.event_type} of {delivery.request_id} at {delivery.hook}"
