"""Each role allows exactly the AWS calls that its function makes, found by running every path of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest

from functions.adapters import aws, gateways
from functions.adapters.charge_record import ChargeRecord
from functions.adapters.orders_table import OrdersTable
from functions.handlers import create_webhook
from local.stripe.fake_stripe import FakeStripe
from tests.infra.test_access import allowed
from tests.support.every_path import PATHS, furnish
from tests.support.orders import pending_order
from tests.support.pulumi_graph import Graph
from tests.support.stripe import KEY, create_intent

# What Lambda does for every function, and for one that a queue feeds, on the function's role.
BY_LAMBDA_ITSELF = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
BY_THE_EVENT_SOURCE_MAPPING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


def _actions(model: Any, params: Any) -> Iterator[str]:
    """The IAM actions of a call; a transaction is judged by what it is made of."""
    if model.name != "TransactWriteItems":
        yield model.name
        return
    for item in json.loads(params["body"])["TransactItems"]:
        yield from (f"{kind}Item" for kind in item)


@pytest.fixture
def calls(cloud, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The IAM actions of the calls made through the adapters' clients."""
    made: set[str] = set()
    monkeypatch.setattr(create_webhook, "resolve", lambda _: ["93.184.215.14"])
    monkeypatch.setattr("moto.sns.models.requests.post", lambda *_, **__: None)
    original = aws._client
    furnish(cloud)

    @cache
    def recording(service: str) -> Any:
        client = original(service)
        prefix = client.meta.service_model.signing_name

        def note(model: Any, params: Any, **_: Any) -> None:
            made.update(f"{prefix}:{action}" for action in _actions(model, params))

        client.meta.events.register("before-call", note)
        return client

    monkeypatch.setattr(aws, "_client", recording)
    return made


@pytest.fixture
def paying_with_stripe(cloud: Any, fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = cloud.client("secretsmanager").create_secret(Name="payment-key", SecretString=KEY)
    monkeypatch.setenv("PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("PAYMENT_SECRET_ARN", secret["ARN"])
    monkeypatch.setenv("STRIPE_API_BASE", fake_stripe.url)
    gateways._secret.cache_clear()


@pytest.mark.parametrize("function", ["process-payment", "release-payment"])
def test_a_role_allows_exactly_what_a_payment_by_stripe_calls(
    stripe_graph: Graph,
    cloud: Any,
    calls: set[str],
    paying_with_stripe: None,
    fake_stripe: FakeStripe,
    context: Any,
    function: str,
) -> None:
    # Without a PaymentIntent of the order, and with one.
    PATHS[function](context)
    OrdersTable(cloud.client("dynamodb"), "orders").create(pending_order("req-charged"))
    intent = create_intent(fake_stripe, "req-charged")
    ChargeRecord(cloud.client("dynamodb"), "orders").keep("req-charged", intent.id)
    PATHS[function](context, "req-charged")
    assert set(allowed(stripe_graph, function)) == calls | BY_LAMBDA_ITSELF


@pytest.mark.parametrize("function", PATHS)
def test_a_role_allows_exactly_what_its_function_calls(
    graph: Graph,
    calls: set[str],
    context: Any,
    function: str,
) -> None:
    PATHS[function](context)
    needed = calls | BY_LAMBDA_ITSELF
    if function in ("start-execution", "redeliver"):
        needed |= BY_THE_EVENT_SOURCE_MAPPING
    assert set(allowed(graph, function)) == needed


def test_no_function_was_forgotten(graph: Graph) -> None:
    assert {each.name for each in graph.of_type("aws:lambda/function:Function")} == set(PATHS)


def test_an_action_is_named_as_iam_names_it() -> None:
    session = botocore.session.get_session()
    names = {
        s: session.create_client(s, region_name="eu-west-1").meta.service_model.signing_name
        for s in ("dynamodb", "secretsmanager", "sns", "sqs", "stepfunctions")
    }
    assert names == {
        "dynamodb": "dynamodb",
        "secretsmanager": "secretsmanager",
        "sns": "sns",
        "sqs": "sqs",
        "stepfunctions": "states",
    }
