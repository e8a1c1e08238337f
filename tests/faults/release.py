"""Thousands of events that wait for a webhook's confirmation, and are released at a bounded rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_items import event_item, message_of, row_item
from functions.adapters.items import to_item
from functions.adapters.recipients import Recipients
from functions.domain.deliveries.changes import wake_webhook
from functions.domain.deliveries.first_publication import new_row, stored_event
from functions.domain.deliveries.row import Trigger
from functions.domain.deliveries.webhook_state import Recipient
from functions.domain.event import order_event
from functions.domain.instant import timestamp
from tests.faults import collect
from tests.faults.claims import DELIVERY_CLAIMS
from tests.faults.proof import Claim, Outcome, Report, prove
from tests.faults.webhook_bench import CLIENT, WebhookBench, running_bench
from tests.support.waiting import wait_for

HOOK = "late"
_MINUTE = timedelta(minutes=1)
# The most items that DynamoDB takes in one request.
_BATCH = 25


def run_release(
    directory: Path, *, events: int, per_minute: int, speed: float, say: Callable[[str], object] = print
) -> Outcome:
    """Return what is found after the release of events that waited for their webhook."""
    settings = {"redelivery": {"max_per_minute": per_minute}}
    with running_bench(directory, [HOOK], settings=settings) as bench:
        bench.register(HOOK, expected=False)
        bench.post(0)
        (order,) = wait_for(lambda: collect.order_documents(bench.chain, status="paid"))
        _store(bench, order, events)
        say(f"{events} events wait for a webhook that is {bench.facts().waiting.get(HOOK, 'served')}")
        bench.clock.run_at(speed)
        bench.register(HOOK)
        facts = bench.wait_until_quiet()
        published = sorted(_publications(bench))
        rate = most_in_a_minute(published)
        say(f"{len(published)} publications, at most {rate} in a minute")
    against = (f"{rate} in a minute",) if rate > per_minute else ()
    claim = Claim(kind="other", text="minutes with more publications than the rate allows", against=against)
    return Outcome(facts, Report((*prove(facts, DELIVERY_CLAIMS).claims, claim)))


def most_in_a_minute(instants: Sequence[datetime]) -> int:
    """Return how many instants, in their order, are in the minute that has the most."""
    most, first = 0, 0
    for last, instant in enumerate(instants):
        while instants[first] <= instant - _MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


def _store(bench: WebhookBench, order: dict[str, Any], count: int) -> None:
    """Store events as inform_client stores them for a webhook that waits, without an order for each."""
    (webhook,) = bench.webhooks
    client = bench.chain.emulator.client("dynamodb")
    table, orders = (collect.table_named(bench.chain, each) for each in ("deliveries", "orders"))
    recipients = Recipients(
        client, collect.table_named(bench.chain, "webhooks"), bench.chain.outputs["topic_arn"]
    )
    recipient = recipients.find(CLIENT, webhook.webhook_id)
    assert recipient is not None
    made = [{**order, "request_id": f"made-up-{number:06}="} for number in range(count)]
    _put_all(client, orders, [to_item(each) for each in made])
    _put_all(client, table, [item for each in made for item in _items(each, recipient)])
    deliveries = DeliveriesTable(client, table)
    wake_webhook(deliveries, recipient, deliveries.find_state(webhook.webhook_id), datetime.now(UTC))


def _put_all(client: Any, table: str, items: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(items), _BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _BATCH]]
        assert not client.batch_write_item(RequestItems={table: puts}).get("UnprocessedItems")


def _items(order: dict[str, Any], recipient: Recipient) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    event = stored_event(order_event({**order, "updated_at": timestamp(now)}), [recipient])
    return [event_item(event, now), row_item(new_row(event, recipient, Trigger.ORDER, now))]


def _publications(bench: WebhookBench) -> list[datetime]:
    """Return when the webhook's events were published."""
    return [
        message_of(to_item(each)).published_at
        for each in collect.scan(bench.chain, "deliveries")
        if each["pk"].startswith("message#")
    ]
