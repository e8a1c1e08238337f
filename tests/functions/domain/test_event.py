"""Events that say whose they are, and that are what the models in the OpenAPI document describe."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import BaseModel

from functions.domain.event import (
    Event,
    message_attributes,
    order_event,
    webhook_health_event,
    webhook_test_event,
)
from functions.domain.event_models import OrderEvent, WebhookHealthEvent, WebhookTestEvent
from functions.domain.payment import Payment
from tests.support.orders import pending_order


def _settled(status: str, client_id: str) -> Event:
    changes = {"status": status, "client_id": client_id, "payment": Payment(status="failed")}
    return order_event(replace(pending_order(), **changes).document())


@pytest.mark.parametrize("client_id", ["shop", "123456789012:role/Shop"])
def test_the_signed_document_of_every_event_names_its_client(client_id: str) -> None:
    events = [
        *(_settled(status, client_id) for status in ("paid", "declined", "failed")),
        webhook_test_event(client_id, "wh_1", request_id="req-1", time="2025-11-25T09:30:00.000Z"),
    ]
    for event in events:
        assert json.loads(event.message())["clientid"] == client_id == event.client_id


TIME = "2025-11-25T09:30:00.000Z"
TEST = webhook_test_event("shop", "wh_1", request_id="req-1", time=TIME)
FAILING = webhook_health_event("shop", "wh_1", "webhook.failing", time=TIME, data={})


@pytest.mark.parametrize(
    ("event", "model"),
    [
        *((_settled(status, "shop"), OrderEvent) for status in ("paid", "declined", "failed")),
        (TEST, WebhookTestEvent),
        (FAILING, WebhookHealthEvent),
    ],
)
def test_every_document_is_what_its_model_describes(event: Event, model: type[BaseModel]) -> None:
    described = model.model_validate(event.document, extra="forbid").model_dump()
    assert json.dumps(described, sort_keys=True) == json.dumps(event.document, sort_keys=True)
    assert event.document["dataschema"].rpartition(":")[2].isdecimal()


def test_an_event_of_a_stored_order_ignores_what_the_workflow_added() -> None:
    order = replace(pending_order(), status="paid", payment=Payment(id="p", status="approved"))
    assert order_event({**order.document(), "attempt": 3, "x": 1}) == order_event(order.document())


def test_an_order_without_an_outcome_has_no_event() -> None:
    with pytest.raises(ValueError, match="no outcome yet"):
        order_event(pending_order().document())


def test_a_webhooks_health_is_reported_once_an_hour() -> None:
    later = webhook_health_event("shop", "wh_1", "webhook.failing", time="2025-11-25T09:59:59.999Z", data={})
    next_hour = webhook_health_event(
        "shop", "wh_1", "webhook.failing", time="2025-11-25T10:00:00.000Z", data={}
    )
    assert later.id == FAILING.id != next_hour.id


def test_the_audience_is_an_array_of_webhook_ids() -> None:
    attribute = message_attributes("shop", "order.paid", ["wh_1", "all"])["audience"]
    assert attribute == {"DataType": "String.Array", "StringValue": '["wh_1", "all"]'}
