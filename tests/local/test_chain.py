"""The whole chain on the emulator: from the HTTP API to the webhook, in good days and bad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.domain.execution import OrderMessage, execution_name
from functions.domain.instant import now, timestamp
from tests.support.chain import Chain, running_chain
from tests.support.orders import AMOUNT, order_payload
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    subscribers = [
        {"name": "shop", "client_id": "shop"},
        {"name": "paid-only", "client_id": "shop", "event_types": ["order.paid"]},
        {"name": "other", "client_id": "other"},
    ]
    settings = {
        # On a loaded machine a message may come several times before its function has taken it: with a small
        # count, SQS would dead-letter it first, without a reason.
        "queue": {"visibility_timeout_seconds": 10},
        "workflow": {"payment_retry": {"interval_seconds": 1, "max_attempts": 2, "max_delay_seconds": 2}},
    }
    hooks = [each["name"] for each in subscribers]
    with running_chain(
        tmp_path_factory.mktemp("chain"),
        stack="chain",
        hooks=hooks,
        settings=settings,
        subscribers=subscribers,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def poison(chain: Chain) -> dict[str, str]:
    """Messages that can never be processed, sent before the orders that they must not hold up."""
    order = order_payload()
    bodies = {
        "no JSON": "{",
        "no order": json.dumps({"request_id": "x"}),
        "a bad order": json.dumps(
            {"request_id": "x", "client_id": "shop", "received_at": "now", "order": {**order, "reference": 1}}
        ),
    }
    return {chain.send(body): body for body in bodies.values()}


def test_an_order_comes_back_as_a_delivered_webhook(chain: Chain, poison: dict[str, str]) -> None:
    payload = order_payload(reference="Größe 75")
    answer = chain.post(payload)
    assert answer.status == 202
    request_id = answer.body["request_id"]
    assert answer.body == {"request_id": request_id, "reference": "Größe 75"}
    assert answer.headers["apigw-requestid"] == request_id

    event = chain.event(request_id)
    order = chain.order(request_id)
    assert order is not None
    assert {field: order[field] for field in payload} == payload
    assert order["request_id"] == request_id
    assert (order["status"], order["client_id"], order["total_amount"]) == ("paid", "shop", AMOUNT)
    assert (event.type, event.source) == ("order.paid", "/orders")
    assert event.data["message_id"] == order["message_id"]
    assert event.data["payment"] == {**order["payment"], "reason": None}

    execution = chain.emulator.client("stepfunctions").describe_execution(
        executionArn=chain.outputs["state_machine_arn"].replace(":stateMachine:", ":execution:")
        + f":{execution_name(request_id)}"
    )
    started_with = json.loads(execution["input"])
    assert started_with["order"] == payload
    assert (started_with["request_id"], started_with["message_id"]) == (request_id, order["message_id"])

    shown = chain.call("GET", answer.headers["location"].removeprefix(chain.outputs["api_endpoint"]))
    assert (shown.status, shown.body["status"]) == (200, "paid")
    assert {field: shown.body[field] for field in payload} == payload


def test_the_client_is_informed_of_a_declined_payment_with_its_reason(chain: Chain) -> None:
    request_id = chain.accept(order_payload(payment_method="pm_card_chargeDeclinedInsufficientFunds"))
    event = chain.event(request_id)
    assert event.type == "order.declined"
    assert event.data["payment"]["reason"] == "insufficient_funds"
    assert chain.order(request_id)["status"] == "declined"


def test_a_gateway_that_recovers_takes_the_payment_after_all(chain: Chain) -> None:
    request_id = chain.accept(order_payload(payment_method="pm_simulated_unavailable_2"))
    assert chain.event(request_id).type == "order.paid"


def test_a_gateway_that_stays_down_fails_the_order_and_the_client_is_informed(chain: Chain) -> None:
    request_id = chain.accept(order_payload(payment_method="pm_simulated_unavailable"))
    event = chain.event(request_id)
    assert event.type == "order.failed"
    assert event.data["payment"] == {"id": None, "status": "failed", "reason": "payment_gateway_unavailable"}
    assert chain.order(request_id)["status"] == "failed"


def test_posting_twice_with_a_key_makes_one_order(chain: Chain) -> None:
    first = chain.accept(order_payload(), idempotency_key="twice")
    assert chain.accept(order_payload(), idempotency_key="twice") == first
    chain.event(first)
    # Whatever the second post had started would have come before this order's event.
    chain.event(chain.accept(order_payload()))
    assert len(chain.events(first)) == 1
    assert len(chain.executions(first)) == 1
    other = chain.post(order_payload(reference="PO-1002"), idempotency_key="twice")
    assert (other.status, other.headers["content-type"]) == (422, "application/problem+json")


def test_posting_twice_without_a_key_makes_two_orders(chain: Chain) -> None:
    first, second = chain.accept(order_payload()), chain.accept(order_payload())
    assert first != second
    assert {chain.event(first).type, chain.event(second).type} == {"order.paid"}


def test_a_message_that_comes_twice_is_processed_once(chain: Chain) -> None:
    message = OrderMessage(
        request_id="sent-twice",
        client_id="shop",
        received_at=timestamp(now()),
        order=order_payload(),
    ).text()
    message_ids = {chain.send(message), chain.send(message)}
    chain.event("sent-twice")
    chain.event(chain.accept(order_payload()))
    assert len(chain.events("sent-twice")) == 1
    assert len(chain.executions("sent-twice")) == 1
    assert chain.order("sent-twice")["message_id"] in message_ids


def test_a_webhook_gets_only_its_own_clients_orders_and_the_types_it_wants(chain: Chain) -> None:
    paid = chain.accept(order_payload())
    declined = chain.accept(order_payload(payment_method="pm_card_chargeDeclined"))
    of_the_other = chain.accept(order_payload(), x_client_id="other")
    for request_id, hook in ((paid, "paid-only"), (declined, "shop"), (of_the_other, "other")):
        chain.event(request_id, hook)
    assert {each.data["request_id"] for each in chain.receiver.hook("other").events} == {of_the_other}
    assert not chain.events(of_the_other, "shop")
    assert {each.type for each in chain.receiver.hook("paid-only").events} == {"order.paid"}


def test_an_order_is_hidden_from_other_clients(chain: Chain) -> None:
    request_id = chain.accept(order_payload())
    chain.event(request_id)
    answer = chain.call("GET", f"/orders/{request_id}", x_client_id="other")
    assert answer.status == 404
    assert answer.body == {**answer.body, "status": 404, "title": "Not Found"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"reference": 1, "reference": 2}', {}, 400),
        (b"[]", {}, 400),
        (b"", {}, 400),
        (b"\xff\xfe", {}, 400),
        (json.dumps(order_payload(reference="Groesse")).encode().replace(b"oe", b"\xf6"), {}, 400),
        (order_payload(), {"idempotency_key": "a b"}, 400),
        (order_payload(), {"x_client_id": "a b"}, 400),
        (b" " * (128 * 1024 + 1), {}, 413),
        (order_payload(), {"content_type": "text/plain"}, 415),
        (order_payload(), {"content_type": "application/x-www-form-urlencoded"}, 415),
        (order_payload(colour="red"), {}, 422),
        (order_payload(payment_method="4242424242424242"), {}, 422),
    ],
)
def test_a_bad_order_is_refused_with_its_reason(chain: Chain, body: Any, headers: Any, status: int) -> None:
    answer = chain.post(body, **headers)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.body["status"] == status
    assert answer.body["detail"]
    assert answer.body["request_id"] == answer.headers["apigw-requestid"]
    assert bool(answer.body.get("errors")) == (
        status == 422 or bool(headers.keys() & {"idempotency_key", "x_client_id"})
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("PUT", "/orders", 405, "GET, POST"),
        ("DELETE", "/orders/x", 405, "GET"),
        ("GET", "/nothing", 404, None),
    ],
)
def test_what_no_route_takes_is_refused_like_any_other(chain: Chain, method, path, status, allow) -> None:
    answer = chain.call(method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers.get("allow") == allow


def test_the_service_says_that_it_is_up(chain: Chain) -> None:
    assert chain.call("GET", "/health").body == {"status": "ok"}


def test_a_poison_message_ends_in_the_dead_letter_queue_as_it_was_and_with_the_reason(
    chain: Chain, poison: dict[str, str]
) -> None:
    sqs = chain.emulator.client("sqs")
    seen: dict[str, str] = {}
    reasons: set[str] = set()

    def all_dead() -> bool | None:
        received = sqs.receive_message(
            QueueUrl=chain.outputs["orders_dead_letters_url"],
            MaxNumberOfMessages=10,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
        )
        for each in received.get("Messages", []):
            attributes = {name: value["StringValue"] for name, value in each["MessageAttributes"].items()}
            seen[attributes["message_id"]] = each["Body"]
            reasons.add(attributes["reason"].partition(" (")[0])
        return len(seen) >= len(poison) or None

    wait_for(all_dead)
    assert seen == poison
    assert reasons == {"not an order"}
