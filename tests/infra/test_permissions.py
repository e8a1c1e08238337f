"""Each role allows exactly the AWS calls that its function makes, found by running every path of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest

from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.domain.payment import Payment
from functions.handlers import (
    accept_order,
    get_order,
    health,
    inform_client,
    process_payment,
    refuse_request,
    save_order,
    start_execution,
    update_order,
)
from tests.functions.test_workflow_functions import message, sqs_event, start_input
from tests.infra.test_access import allowed
from tests.support.http_events import http_event
from tests.support.orders import order_payload, pending_order
from tests.support.pulumi_graph import Graph

# What Lambda does for every function, and for one that a queue feeds, on the function's role.
BY_LAMBDA_ITSELF = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
BY_THE_EVENT_SOURCE_MAPPING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


def _accept(context: Any) -> None:
    keyed = http_event(body=order_payload(), headers={"idempotency-key": "k"})
    for event in (keyed, keyed, http_event(body=order_payload())):
        accept_order.handle(event, context)


def _start(context: Any) -> None:
    start_execution.handle(sqs_event(message(), message()), context)


def _save(context: Any) -> None:
    save_order.handle(start_input(), context)
    save_order.handle(start_input(), context)


def _pay(context: Any) -> None:
    process_payment.handle({**pending_order().document(), "attempt": 0}, context)


def _update(context: Any) -> None:
    event = {**pending_order().document(), "payment": {"status": "approved"}}
    update_order.handle(event, context)
    update_order.handle(event, context)


def _inform(context: Any) -> None:
    paid = pending_order().model_copy(update={"status": "paid", "payment": Payment(status="approved")})
    inform_client.handle(paid.document(), context)


def _get(context: Any) -> None:
    get_order.handle(http_event("GET", "/orders/x", path_parameters={"request_id": "x"}), context)


def _health(context: Any) -> None:
    health.handle(http_event("GET", "/health"), context)


def _refuse(context: Any) -> None:
    refuse_request.handle(http_event("GET", "/nothing"), context)


PATHS: dict[str, Callable[[Any], None]] = {
    "accept-order": _accept,
    "start-execution": _start,
    "save-order": _save,
    "process-payment": _pay,
    "update-order": _update,
    "inform-client": _inform,
    "get-order": _get,
    "health": _health,
    "refuse-request": _refuse,
}


@pytest.fixture
def calls(cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The IAM actions of the calls made through the adapters' clients."""
    made: set[str] = set()
    original = aws._client.__wrapped__

    def recording(service: str) -> Any:
        client = original(service)

        def note(model: Any, **_: Any) -> None:
            prefix = client.meta.service_model.signing_name
            made.add(f"{prefix}:{model.name}")

        client.meta.events.register("before-call", note)
        return client

    clients: dict[str, Any] = {}

    def client_of(service: str) -> Any:
        if service not in clients:
            clients[service] = recording(service)
        return clients[service]

    monkeypatch.setattr(aws, "_client", client_of)
    OrdersTable(cloud.client("dynamodb"), "orders").create(pending_order())
    return made


@pytest.mark.parametrize("function", PATHS)
def test_a_role_allows_exactly_what_its_function_calls(
    graph: Graph,
    calls: set[str],
    context: Any,
    function: str,
) -> None:
    PATHS[function](context)
    needed = calls | BY_LAMBDA_ITSELF
    if function == "start-execution":
        needed |= BY_THE_EVENT_SOURCE_MAPPING
    assert set(allowed(graph, function)) == needed


def test_no_function_was_forgotten(graph: Graph) -> None:
    assert {each.name for each in graph.of_type("aws:lambda/function:Function")} == set(PATHS)


def test_an_action_is_named_as_iam_names_it() -> None:
    session = botocore.session.get_session()
    names = {
        s: session.create_client(s, region_name="eu-west-1").meta.service_model.signing_name
        for s in ("dynamodb", "sns", "sqs", "stepfunctions")
    }
    assert names == {"dynamodb": "dynamodb", "sns": "sns", "sqs": "sqs", "stepfunctions": "states"}
