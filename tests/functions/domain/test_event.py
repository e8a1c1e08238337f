"""The failure this guards against: an event whose receiver cannot tell whether it is its own."""

from __future__ import annotations

import json

import pytest

from functions.domain.event import Event, order_event, webhook_test_event
from functions.domain.payment import Payment
from tests.support.orders import pending_order


def _settled(status: str, client_id: str) -> Event:
    changes = {"status": status, "client_id": client_id, "payment": Payment(status="failed")}
    return order_event(pending_order().model_copy(update=changes))


@pytest.mark.parametrize("client_id", ["shop", "123456789012:role/Shop"])
def test_the_signed_document_of_every_event_names_its_client(client_id: str) -> None:
    events = [
        *(_settled(status, client_id) for status in ("paid", "declined", "failed")),
        webhook_test_event(client_id, "wh_1", request_id="req-1", time="2025-11-25T09:30:00.000Z"),
    ]
    for event in events:
        assert json.loads(event.message())["clientid"] == client_id == event.client_id
