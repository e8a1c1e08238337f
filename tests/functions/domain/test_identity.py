"""The IDs that make a repetition recognisable: executions, events, idempotency records."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from functions.domain.event import Event, order_event
from functions.domain.execution import execution_name
from functions.domain.idempotency import InvalidIdempotencyKey, check_idempotency_key, fingerprint, record_key
from functions.domain.payment import Payment
from tests.support.orders import order_payload, pending_order


@pytest.mark.parametrize(
    "request_id", ["JKJaXmPLvHcESHA=", "a/b+c==", "x" * 300, "76a4aba1-9d0c-4b12-8c1f-000000000001", ""]
)
def test_an_execution_name_is_what_step_functions_and_its_log_take(request_id: str) -> None:
    assert re.fullmatch(r"[0-9A-Za-z_-]{1,80}", execution_name(request_id))


def test_an_execution_name_shows_its_request_and_never_meets_another() -> None:
    assert execution_name("JKJaXmPLvHcESHA=").startswith("JKJaXmPLvHcESHA_-")
    look_alikes = ["a=b", "a_b", "a/b", "a+b", "A_b", "x" * 100, "x" * 101]
    assert len({execution_name(each) for each in look_alikes}) == len(look_alikes)
    assert execution_name("a=b") == execution_name("a=b")


def settled(request_id: str, status: str):
    payment = Payment(id="pi_1", status={"paid": "approved"}.get(status, status))
    changes = {"status": status, "payment": payment, "updated_at": "2025-11-25T09:30:01.000Z"}
    return replace(pending_order(request_id), **changes)


def event_of(request_id: str, status: str) -> Event:
    return order_event(settled(request_id, status).document())


def test_an_event_is_the_same_whenever_it_is_told() -> None:
    first, again = event_of("req-1", "paid"), event_of("req-1", "paid")
    assert first.message() == again.message()
    others = {event_of("req-2", "paid").id, event_of("req-1", "failed").id}
    assert first.id not in others
    assert len(others) == 2


def test_an_event_is_a_cloudevent_that_needs_no_second_call() -> None:
    event = event_of("req-1", "declined")
    document = event.document
    assert {key: document[key] for key in ("specversion", "source", "type", "subject", "time")} == {
        "specversion": "1.0",
        "source": "/orders",
        "type": "order.declined",
        "subject": "req-1",
        "time": "2025-11-25T09:30:01.000Z",
    }
    assert set(document["data"]) == {
        *("request_id", "message_id", "reference", "status", "currency", "total_amount", "payment"),
        *("created_at", "updated_at"),
        *set(order_payload()) - {"payment_method"},
    }
    assert document["data"]["payment"] == {"id": "pi_1", "status": "declined", "reason": None}
    assert event.client_id == document["clientid"] == "shop"


def test_the_fingerprint_ignores_how_members_are_arranged_and_sees_values() -> None:
    payload = order_payload()
    assert fingerprint(payload) == fingerprint(dict(reversed(payload.items())))
    assert fingerprint(payload) != fingerprint(order_payload(reference="PO-1002"))


def test_clients_never_share_a_record() -> None:
    pairs = [("a#b", "c"), ("a", "b#c"), ("a%23b", "c"), ("a", "c")]
    assert len({record_key(client, key) for client, key in pairs}) == len(pairs)


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256, "a\n"])
def test_an_idempotency_key_must_be_visible_ascii(key: str) -> None:
    with pytest.raises(InvalidIdempotencyKey, match="1 to 255 visible ASCII"):
        check_idempotency_key(key)


def test_a_good_key_passes() -> None:
    assert check_idempotency_key("!~" * 127) == "!~" * 127
