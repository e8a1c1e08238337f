"""The document's webhooks are what SNS really posts, with the events that the service really publishes."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from functions.domain.event import (
    Event,
    EventType,
    message_attributes,
    order_event,
    webhook_health_event,
    webhook_test_event,
)
from functions.domain.order import FINAL_STATUSES
from functions.domain.payment import Payment
from local.sns.messages import Confirmation, Links, Publication, Scribe, make_headers
from tests.support.interface import schema_validator
from tests.support.orders import pending_order
from tools.openapi.deliveries import CONFIRMATIONS, deliveries

TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:order-events"
SUBSCRIPTION_ARN = f"{TOPIC_ARN}:c9135db0-26c4-47ec-8998-413945fb5a96"


@pytest.fixture
def scribe() -> Scribe:
    signer: Any = SimpleNamespace(
        sign=lambda *_: "c2lnbmVk", certificate_path="/SimpleNotificationService-0.pem"
    )
    return Scribe(signer, Links(call_origin="http://127.0.0.1:1", certificate_origin="https://localhost:2"))


def settled(status: str, payment: Payment) -> Event:
    order = replace(pending_order(), status=status, payment=payment)
    return order_event(order.document())


FAILURE = {"last_failure": {"at": "2025-11-25T09:29:00.000Z", "status": 503, "event_id": "e"}}

EVENTS = [
    settled("paid", Payment(id="pi_1", status="approved")),
    settled("declined", Payment(id="pi_1", status="declined", reason="insufficient_funds")),
    settled("failed", Payment(status="failed", reason="payment_gateway_unavailable")),
    *(settled(status, Payment(status="failed")) for status in FINAL_STATUSES),
    webhook_test_event("shop", "wh_1", request_id="req-1", time="2025-11-25T09:30:00.000Z"),
    *(
        webhook_health_event("shop", "wh_1", type_, time="2025-11-25T09:30:00.000Z", data=FAILURE)
        for type_ in ("webhook.failing", "webhook.recovered", "webhook.disabled")
    ),
]


def publication(event: Event) -> Publication:
    attributes = message_attributes(event.client_id, event.type, ["wh_1", "all"])
    return Publication(
        message_id="m", topic_arn=TOPIC_ARN, message=event.message(), published_at=0, attributes=attributes
    )


def body_schema(delivery: str) -> dict[str, Any]:
    return deliveries()[delivery]["post"]["requestBody"]["content"]["application/json"]["schema"]


def event_schema(delivery: str) -> dict[str, Any]:
    return body_schema(delivery)["allOf"][1]["properties"]["Message"]["contentSchema"]


def test_there_is_an_event_of_every_type() -> None:
    types = {each for part in get_args(EventType) for each in get_args(part)}
    assert {event.type for event in EVENTS} == types == set(deliveries()) - set(CONFIRMATIONS)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_as_the_document_has_it(scribe: Scribe, event: Event) -> None:
    body = scribe.write_notification(publication(event), SUBSCRIPTION_ARN, "2")
    schema_validator(body_schema(event.type)).validate(body)
    schema_validator(event_schema(event.type)).validate(json.loads(body["Message"]))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_of_one_type_only(event: Event) -> None:
    fitting = [
        each
        for each in set(deliveries()) - set(CONFIRMATIONS)
        if schema_validator(event_schema(each)).is_valid(event.document)
    ]
    assert fitting == [event.type]


@pytest.mark.parametrize("kind", CONFIRMATIONS)
def test_the_handshake_is_as_the_document_has_it(scribe: Scribe, kind: str) -> None:
    confirmation = Confirmation(
        kind=kind,
        message_id="m",
        topic_arn=TOPIC_ARN,
        subscription_arn=SUBSCRIPTION_ARN,
        token="abc",
        written_at=0,
    )
    body = scribe.write_confirmation(confirmation, "2")
    schema_validator(body_schema(kind)).validate(body)
    assert not schema_validator(body_schema("order.paid")).is_valid(body)


@pytest.mark.parametrize("delivery", deliveries())
def test_the_headers_are_those_that_sns_sends(delivery: str) -> None:
    type_ = delivery if delivery in CONFIRMATIONS else "Notification"
    sent = make_headers(
        message_type=type_, message_id="m", topic_arn=TOPIC_ARN, subscription_arn=SUBSCRIPTION_ARN
    )
    for parameter in deliveries()[delivery]["post"]["parameters"]:
        if parameter["in"] == "header":
            schema_validator(parameter["schema"]).validate(sent[parameter["name"]])
