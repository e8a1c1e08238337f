"""The list of webhooks: which need attention, and why."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.row import RowState
from functions.domain.deliveries.webhook_state import DisabledReason, LastFailure, WebhookState
from functions.domain.instant import now, timestamp
from functions.domain.pending_subscription import Pending, PendingSubscription
from functions.domain.webhook import Webhook
from ops.tables import find_webhook
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.ops.test_deliveries import row

REGISTERED = "2026-11-01T00:00:00.000Z"


def register(
    stack: MotoStack, webhook_id: str, client: str = "shop", *, confirmed: bool = True, **changes: Any
) -> Webhook:
    arn = f"{stack.outputs['topic_arn']}:gone"
    if confirmed:
        arn = stack.client("sns").subscribe(
            TopicArn=stack.outputs["topic_arn"],
            Protocol="https",
            Endpoint=f"https://{client}.example/{webhook_id}",
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
    values = {
        "client_id": client,
        "webhook_id": webhook_id,
        "url": f"https://{client}.example/{webhook_id}?key=hush",
        "event_types": ["order.paid"],
        "created_at": REGISTERED,
        "subscription_arn": arn,
        "confirmed_at": REGISTERED if confirmed else None,
    }
    webhook = Webhook(**{**values, **changes})
    WebhooksTable(stack.client("dynamodb"), "webhooks").create(webhook, max_per_client=100)
    return webhook


def state(webhook_id: str, client: str = "shop", **changes: Any) -> WebhookState:
    return WebhookState(client_id=client, webhook_id=webhook_id, registration=REGISTERED, **changes)


@pytest.fixture
def table(stack: MotoStack) -> DeliveriesTable:
    return DeliveriesTable(stack.client("dynamodb"), "deliveries")


@pytest.fixture
def busy(stack: MotoStack, table: DeliveriesTable) -> MotoStack:
    """A stack with a webhook of each status."""
    for webhook_id in ("wh_active", "wh_failing", "wh_gone"):
        register(stack, webhook_id)
    register(stack, "wh_paused", "depot", status="paused")
    register(stack, "wh_pending", "depot", confirmed=False)
    register(stack, "wh_lost", "depot", confirmed=False, confirmed_at=REGISTERED)
    failure = LastFailure(at=now() - timedelta(minutes=5), event_id="e", status=503, response="busy\nmore")
    failing_since = now() - timedelta(hours=2)
    table.save_state(
        state("wh_failing", failing_since=failing_since, failures_in_row=4, last_failure=failure)
    )
    table.save_state(state("wh_gone", disabled_at=now(), disabled_reason=DisabledReason.GONE))
    owed = row(600, webhook_id="wh_failing", state=RowState.OWED, delivered_at=None)
    table.create_rows([owed, row(5, webhook_id="wh_failing", state=RowState.OWED, delivered_at=None)])
    asked = PendingSubscription(requested_at=timestamp(now() - timedelta(hours=3)), subscription_arn="arn")
    webhooks = WebhooksTable(stack.client("dynamodb"), "webhooks")
    webhooks.save_pending("depot", Pending({"wh_pending": asked}, 0))
    return stack


def listed(stack: MotoStack, capsys: Any, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    capsys.readouterr()
    code = stack.run("--json", "webhooks", *arguments)
    found = json.loads(capsys.readouterr().out)["webhooks"]
    return code, {each["webhook_id"]: each for each in found}


def test_each_webhook_that_receives_nothing_says_why(busy: MotoStack, capsys: Any) -> None:
    code, found = listed(busy, capsys)
    assert code == 1
    assert {name: each["status"] for name, each in found.items()} == {
        "wh_failing": "failing",
        "wh_gone": "disabled",
        "wh_lost": "unsubscribed",
        "wh_pending": "pending_confirmation",
        "wh_paused": "paused",
        "wh_active": "active",
    }
    assert list(found)[-1] == "wh_active"
    reasons = {name: each["reason"] for name, each in found.items()}
    assert "Last answer: 503 (busy)" in reasons["wh_failing"]
    assert "4 failures in a row" in reasons["wh_failing"]
    assert "answered 410" in reasons["wh_gone"]
    assert "nobody has visited its SubscribeURL" in reasons["wh_pending"]
    assert "register the URL again" in reasons["wh_lost"]
    assert reasons["wh_active"] is None
    oldest = now() - timedelta(minutes=600)
    assert found["wh_failing"]["oldest_waiting_event"][:13] == timestamp(oldest)[:13]
    assert "hush" not in json.dumps(found)


def test_an_active_webhook_that_refuses_an_event_says_since_when_it_waits(
    stack: MotoStack, table: DeliveriesTable, capsys: Any
) -> None:
    register(stack, "wh_active")
    waits = row(90, webhook_id="wh_active", state=RowState.RETRYING, delivered_at=None, due_at=now())
    table.create_rows([waits])
    table.save_state(state("wh_active", work_at=now()))
    assert listed(stack, capsys)[1]["wh_active"]["oldest_waiting_event"][:16] == waits.event_time[:16]


def test_a_client_s_and_a_status_are_chosen(busy: MotoStack, capsys: Any) -> None:
    code, found = listed(busy, capsys, "--client", "depot")
    assert (code, set(found)) == (1, {"wh_lost", "wh_pending", "wh_paused"})
    assert listed(busy, capsys, "--client", "depot", "--status", "paused")[0] == 0
    assert list(listed(busy, capsys, "--webhook", "wh_gone")[1]) == ["wh_gone"]
    assert busy.run("webhooks", "--webhook", "wh_gone", "--client", "depot") == 1
    assert busy.run("webhooks", "--webhook", "wh_none") == 1


def test_a_healthy_stack_needs_no_attention(stack: MotoStack, capsys: Any) -> None:
    register(stack, "wh_active")
    register(stack, "wh_paused", status="paused")
    assert listed(stack, capsys)[0] == 0


@pytest.mark.parametrize("known_by", ["state", "row", "nothing"])
def test_one_webhook_is_found_without_reading_all(
    busy: MotoStack, table: DeliveriesTable, known_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(busy, "wh_one", "depot")
    if known_by == "state":
        table.save_state(state("wh_one", "depot"))
    if known_by == "row":
        table.create_rows([row(1, webhook_id="wh_one", client_id="depot")])
    target = Target(name="the stack test", outputs=busy.outputs)
    if known_by != "nothing":
        monkeypatch.setattr(target.client("dynamodb"), "get_paginator", no_scan(target))
    found = find_webhook(target, "wh_one")
    assert found is not None
    assert (found.client_id, found.status) == ("depot", "active")


def no_scan(target: Target) -> Any:
    original = target.client("dynamodb").get_paginator

    def get_paginator(operation: str) -> Any:
        assert operation != "scan"
        return original(operation)

    return get_paginator
