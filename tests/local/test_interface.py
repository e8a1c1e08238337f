"""The HTTP interface is what its document says: in every operation, method and content type.

`make fuzz` runs the same at length, with other requests each time.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api_fuzzing import HOOK, send, settled, try_interface
from tests.support.chain import Chain, HttpResponse, running_chain
from tests.support.interface import check_answer, operations, response_of, schema_validator
from tests.support.orders import order_payload
from tests.support.waiting import wait_for
from tools.openapi.document import build_document

pytestmark = [pytest.mark.broad, pytest.mark.e2e]

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
JSON = "application/json"
# What a laptop never answers: it asks nobody who they are, throttles nobody, and does not fail.
NEVER_ON_A_LAPTOP = {401, 403, 429, 500, 503}
# Redeliver ends recoveries faster than they can be counted on here: tests/functions has this one.
TOO_MANY_RECOVERIES = ("recover_webhook", 409)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running_chain(
        tmp_path_factory.mktemp("interface"),
        stack="interface",
        hooks=[HOOK, "managed", "full"],
        settings={"max_webhooks_per_client": 50},
        subscribers=[{"name": "managed", "client_id": "managed"}],
    ) as running:
        yield running


def test_schemathesis_finds_nothing(chain: Chain) -> None:
    findings = try_interface(chain)
    assert not findings.faults, "\n\n".join(findings.faults)
    # It has tried every operation, in more ways than the few made up at random.
    assert set(findings.tried) == {f"{method} {path}" for method, path, _ in operations()}
    assert findings.tried["POST /orders"] > 100


def confirmed(chain: Chain, webhook_id: str, client: str) -> str:
    """Wait for a webhook's confirmation."""
    path = f"/webhooks/{webhook_id}"
    wait_for(lambda: chain.call("GET", path, x_client_id=client).body["status"] == "active")
    return webhook_id


def register(chain: Chain, hook: str, client: str) -> str:
    return chain.register(hook, client).body["webhook_id"]


@pytest.fixture(scope="module")
def known(chain: Chain) -> dict[str, str]:
    """Things that are there, by the names that the cases below have for them."""
    nobody = chain.receiver.hook_url(HOOK).replace(f"/{HOOK}", "/nobody")
    pending = chain.call("POST", "/webhooks", {"url": nobody})
    active = confirmed(chain, register(chain, HOOK, "shop"), "shop")
    since = {"since": "2026-01-01T00:00:00Z"}
    return {
        "event": chain.call("POST", f"/webhooks/{active}/test").body["event_id"],
        "job": chain.call("POST", f"/webhooks/{active}/recover", since).body["job_id"],
        "paid": settled(chain, chain.accept(order_payload())),
        "waiting": chain.accept(order_payload(payment_method="pm_simulated_unavailable")),
        "active": active,
        "pending": pending.body["webhook_id"],
        "doomed": register(chain, "full", "shop"),
        "hook": chain.receiver.hook_url(HOOK),
        "new": f"{chain.receiver.hook_url(HOOK)}?{uuid.uuid4()}",
    }


TOO_LARGE = b" " * (128 * 1024 + 1)
BAD_CLIENT = {"x_client_id": "a b"}
TEXT = {"content_type": "text/plain"}
EVERY_ANSWER: list[tuple[str, str, str, int, Any, dict[str, str]]] = [
    ("health", "GET", "/health", 200, None, {}),
    ("accept_order", "POST", "/orders", 202, order_payload(), {}),
    ("accept_order", "POST", "/orders", 400, b"{", {}),
    ("accept_order", "POST", "/orders", 400, order_payload(), BAD_CLIENT),
    ("accept_order", "POST", "/orders", 400, order_payload(), {"idempotency_key": "a b"}),
    ("accept_order", "POST", "/orders", 413, TOO_LARGE, {}),
    ("accept_order", "POST", "/orders", 415, order_payload(), TEXT),
    ("accept_order", "POST", "/orders", 422, {}, {}),
    ("list_orders", "GET", "/orders?limit=1&status=paid&until=2999-01-01T00:00:00Z", 200, None, {}),
    ("list_orders", "GET", "/orders?limit=0", 400, None, {}),
    ("list_orders", "GET", "/orders?cursor=bm8", 400, None, {}),
    ("get_order", "GET", "/orders/{paid}", 200, None, {}),
    ("get_order", "GET", "/orders/{waiting}", 200, None, {}),
    ("get_order", "GET", "/orders/{paid}", 400, None, BAD_CLIENT),
    ("get_order", "GET", "/orders/nothing", 404, None, {}),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 202, None, {}),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 202, {"webhook_id": "{active}"}, {}),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 400, b"{", {}),
    ("redeliver_order", "POST", "/orders/nothing/redeliver", 404, {}, {}),
    ("redeliver_order", "POST", "/orders/{waiting}/redeliver", 409, {}, {}),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 413, TOO_LARGE, {}),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 415, {}, TEXT),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 422, {"webhook_id": ""}, {}),
    ("redeliver_order", "POST", "/orders/{paid}/redeliver", 422, {"webhook_id": "nothing"}, {}),
    ("create_webhook", "POST", "/webhooks", 201, {"url": "{new}"}, {}),
    ("create_webhook", "POST", "/webhooks", 200, {"url": "{hook}"}, {}),
    ("create_webhook", "POST", "/webhooks", 400, b"[]", {}),
    ("create_webhook", "POST", "/webhooks", 409, {"url": "{hook}", "event_types": ["order.paid"]}, {}),
    ("create_webhook", "POST", "/webhooks", 413, TOO_LARGE, {}),
    ("create_webhook", "POST", "/webhooks", 415, {}, TEXT),
    ("create_webhook", "POST", "/webhooks", 422, {"url": "ftp://127.0.0.1/"}, {}),
    ("list_webhooks", "GET", "/webhooks", 200, None, {}),
    ("list_webhooks", "GET", "/webhooks", 200, None, {"x_client_id": "managed"}),
    ("list_webhooks", "GET", "/webhooks", 400, None, BAD_CLIENT),
    ("get_webhook", "GET", "/webhooks/{active}", 200, None, {}),
    ("get_webhook", "GET", "/webhooks/{active}", 400, None, BAD_CLIENT),
    ("get_webhook", "GET", "/webhooks/nothing", 404, None, {}),
    ("update_webhook", "PATCH", "/webhooks/{active}", 200, {"description": "changed"}, {}),
    ("update_webhook", "PATCH", "/webhooks/{active}", 400, b"{", {}),
    ("update_webhook", "PATCH", "/webhooks/{active}", 413, TOO_LARGE, {}),
    ("update_webhook", "PATCH", "/webhooks/{active}", 415, {}, TEXT),
    ("update_webhook", "PATCH", "/webhooks/{active}", 422, {"status": "gone"}, {}),
    ("update_webhook", "PATCH", "/webhooks/nothing", 404, {}, {}),
    ("update_webhook", "PATCH", "/webhooks/managed", 409, {}, {"x_client_id": "managed"}),
    ("list_order_deliveries", "GET", "/orders/{paid}/deliveries", 200, None, {}),
    ("list_order_deliveries", "GET", "/orders/{paid}/deliveries", 400, None, BAD_CLIENT),
    ("list_order_deliveries", "GET", "/orders/nothing/deliveries", 404, None, {}),
    ("list_deliveries", "GET", "/webhooks/{active}/deliveries?limit=5", 200, None, {}),
    ("list_deliveries", "GET", "/webhooks/{active}/deliveries?status=lost", 400, None, {}),
    ("list_deliveries", "GET", "/webhooks/nothing/deliveries", 404, None, {}),
    ("get_delivery", "GET", "/webhooks/{active}/deliveries/{event}", 200, None, {}),
    ("get_delivery", "GET", "/webhooks/{active}/deliveries/{event}", 400, None, BAD_CLIENT),
    ("get_delivery", "GET", "/webhooks/{active}/deliveries/nothing", 404, None, {}),
    ("recover_webhook", "POST", "/webhooks/{active}/recover", 202, {"since": "2026-01-01T00:00:00Z"}, {}),
    ("recover_webhook", "POST", "/webhooks/{active}/recover", 400, b"{", {}),
    ("recover_webhook", "POST", "/webhooks/{active}/recover", 413, TOO_LARGE, {}),
    ("recover_webhook", "POST", "/webhooks/{active}/recover", 415, {}, TEXT),
    ("recover_webhook", "POST", "/webhooks/{active}/recover", 422, {}, {}),
    ("recover_webhook", "POST", "/webhooks/nothing/recover", 404, {"since": "2026-01-01T00:00:00Z"}, {}),
    ("get_recovery", "GET", "/webhooks/{active}/recover/{job}", 200, None, {}),
    ("get_recovery", "GET", "/webhooks/{active}/recover/{job}", 400, None, BAD_CLIENT),
    ("get_recovery", "GET", "/webhooks/{active}/recover/nothing", 404, None, {}),
    ("send_test_event", "POST", "/webhooks/{active}/test", 202, None, {}),
    ("send_test_event", "POST", "/webhooks/{active}/test", 400, None, BAD_CLIENT),
    ("send_test_event", "POST", "/webhooks/nothing/test", 404, None, {}),
    ("send_test_event", "POST", "/webhooks/{pending}/test", 409, None, {}),
    ("delete_webhook", "DELETE", "/webhooks/{doomed}", 204, None, {}),
    ("delete_webhook", "DELETE", "/webhooks/{active}", 400, None, BAD_CLIENT),
    ("delete_webhook", "DELETE", "/webhooks/nothing", 404, None, {}),
    ("delete_webhook", "DELETE", "/webhooks/managed", 409, None, {"x_client_id": "managed"}),
]


@pytest.mark.parametrize(("operation", "method", "path", "status", "body", "headers"), EVERY_ANSWER)
def test_every_answer_is_as_documented(
    chain: Chain, known: dict[str, str], operation, method, path, status, body, headers
) -> None:
    if isinstance(body, dict) and operation != "accept_order":
        body = {
            name: value.format(**known) if isinstance(value, str) else value for name, value in body.items()
        }
    answer = chain.call(method, path.format(**known), body, **headers)
    assert answer.status == status, answer
    check_answer(response_of(operation, status), answer.headers, answer.body)


def test_no_documented_answer_is_left_out() -> None:
    documented = {
        (operation["operationId"], int(status))
        for *_, operation in operations()
        for status in operation["responses"]
    }
    possible = {each for each in documented if each[1] not in NEVER_ON_A_LAPTOP} - {TOO_MANY_RECOVERIES}
    assert {(operation, status) for operation, _, _, status, *_ in EVERY_ANSWER} == possible


def refused(answer: HttpResponse, status: int, response: str) -> None:
    assert answer.status == status, answer
    check_answer(build_document()["components"]["responses"][response], answer.headers, answer.body)


@pytest.mark.parametrize("path", build_document()["paths"])
def test_every_other_method_gets_the_allowed_ones(chain: Chain, path: str) -> None:
    taken = sorted(method for method, template, _ in operations() if template == path)
    for method in set(METHODS) - set(taken):
        answer = send(chain, method, path.replace("{", "").replace("}", ""), {"content-type": JSON})
        assert answer.headers["allow"] == ", ".join(taken), method
        if method == "HEAD":
            assert (answer.status, answer.body) == (405, None)
        else:
            refused(answer, 405, "MethodNotAllowed")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/ORDERS",
        "/orders//redeliver",
        "/orders/a%2Fb",
        "/orders/%C3%28/b",
        "/orders/",
        "/webhooks/",
        "/health/",
        "/orders/x/",
        "/orders/x/redeliver/",
        "/webhooks/x/test/y",
        "/%00",
        "/" + "x" * 5_000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_is_nothing_at_any_other_path(chain: Chain, method: str, path: str) -> None:
    refused(send(chain, method, path, {"content-type": JSON}, b"{}"), 404, "NotFound")


def _example(operation: dict[str, Any]) -> bytes:
    """A body that the operation takes."""
    if "requestBody" not in operation:
        return b""
    (example, *_) = operation["requestBody"]["content"]["application/json"]["examples"].values()
    return json.dumps(example["value"]).encode()


@pytest.mark.parametrize(
    "resource_id", ["%00", "%ED%A0%80", "%25", "%22", "..%5C", "%23count", "%F0%9F%94%A5", "x" * 3_000]
)
def test_an_id_may_be_anything(chain: Chain, resource_id: str) -> None:
    for method, template, operation in operations():
        path = re.sub(r"\{\w+\}", resource_id, template)
        if path != template:
            answer = send(chain, method, path, {"content-type": JSON}, _example(operation))
            assert answer.status == 404, (path, answer)
            check_answer(response_of(operation["operationId"], 404), answer.headers, answer.body)


WITH_BODIES = [
    (method, re.sub(r"\{\w+\}", "nothing", path))
    for method, path, operation in operations()
    if "requestBody" in operation
]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "json",
        "text/json",
        "text/plain",
        "text/html; charset=utf-8",
        "application/xml",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/json-patch+json",
        "application/json, text/plain",
        "application/*",
        "*/*",
    ],
)
def test_every_content_type_but_json_is_refused(chain: Chain, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    for method, path in WITH_BODIES:
        refused(send(chain, method, path, headers, b"{}"), 415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    "content_type",
    ["application/json;charset=utf-8", "Application/JSON", 'application/json ; charset="x"; v=1'],
)
def test_json_is_taken_in_every_spelling(chain: Chain, content_type: str) -> None:
    body = json.dumps(order_payload()).encode()
    answer = send(chain, "POST", "/orders", {"content-type": content_type}, body)
    assert answer.status == 202, answer


def test_an_event_that_arrives_is_as_documented(chain: Chain, known: dict[str, str]) -> None:
    chain.call("POST", f"/orders/{known['paid']}/redeliver", {})
    event = chain.event(known["paid"], HOOK)
    schema_validator({"$ref": "#/components/schemas/OrderSummary"}).validate(event.data)
