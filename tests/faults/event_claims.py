"""What speaks against the claims about events, webhooks and queues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.faults.facts import Facts, HandledEvent

TEST_EVENT = "webhook.test"
# What the functions consume, and what an operator looks at.
WORKING_QUEUES = ("orders", "undelivered", "record-deliveries-failed")
DEAD_LETTER_QUEUES = ("orders-dead-letters", "undelivered-unreadable")


def expected_deliveries(facts: Facts) -> set[tuple[str, str, str]]:
    """Return hook, request ID and event type of every event that the webhooks must get."""
    return {
        (webhook.hook, order.request_id, f"order.{order.status}")
        for order in facts.stored
        for webhook in facts.webhooks
        if webhook.client_id == order.client_id and not webhook.deleted
        if f"order.{order.status}" in webhook.event_types
    }


def accounted(facts: Facts) -> set[tuple[str, str, str]]:
    """Return hook, request ID and event type of what was taken, is dead with a reason, or waits."""
    taken = {(each.hook, each.request_id, each.event_type) for each in facts.handled}
    kept = {
        (each.hook, each.request_id, each.event_type)
        for each in facts.deliveries
        if (each.state == "dead" and each.reason) or (each.is_open and each.hook in facts.waiting)
    }
    return taken | kept


def undelivered(facts: Facts) -> Iterable[str]:
    return map(" ".join, expected_deliveries(facts) - accounted(facts))


def two_outcomes(facts: Facts) -> Iterable[str]:
    outcomes: defaultdict[str, set[str]] = defaultdict(set)
    for each in facts.handled:
        if each.event_type != TEST_EVENT:
            outcomes[each.request_id].add(each.event_id)
    return (request_id for request_id, event_ids in outcomes.items() if len(event_ids) > 1)


def at_the_wrong_webhook(facts: Facts) -> Iterable[str]:
    webhooks = {each.hook: each for each in facts.webhooks}
    owners = {each.request_id: each.client_id for each in facts.stored}
    for event in facts.handled:
        webhook = webhooks.get(event.hook)
        if webhook is None or webhook.deleted:
            yield _shown(event)
        elif event.event_type == TEST_EVENT:
            if event.webhook_id != webhook.webhook_id:
                yield _shown(event)
        elif owners.get(event.request_id) != webhook.client_id or event.event_type not in webhook.event_types:
            yield _shown(event)


def not_as_stored(facts: Facts) -> Iterable[str]:
    stored = {each.request_id: (each.status, each.amount) for each in facts.stored}
    for event in facts.handled:
        if event.event_type == TEST_EVENT:
            continue
        status, amount = stored.get(event.request_id, (None, None))
        if (event.event_type, event.status, event.amount) != (f"order.{status}", status, amount):
            yield _shown(event)


def unplanned_dead_letters(facts: Facts) -> Iterable[str]:
    for message in facts.queued:
        if message.queue in DEAD_LETTER_QUEUES and message.body not in facts.poison:
            yield f"{message.queue}: {message.body[:300]}"


def missing_dead_letters(facts: Facts) -> Iterable[str]:
    dead = {each.body for each in facts.queued if each.queue == "orders-dead-letters" and each.reason}
    return facts.poison - dead


def left_on_a_queue(facts: Facts) -> Iterable[str]:
    return (f"{each.queue}: {each.body[:300]}" for each in facts.queued if each.queue in WORKING_QUEUES)


def _shown(event: HandledEvent) -> str:
    return f"{event.event_type} of {event.request_id} at {event.hook}"
