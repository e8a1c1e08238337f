"""Each role allows exactly the AWS calls that its function makes, found by running every path of it."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from functions.adapters import gateways
from functions.adapters.charge_record import ChargeRecord
from functions.adapters.orders_table import OrdersTable
from local.stripe.fake_stripe import FakeStripe
from tests.support.every_path import PATHS
from tests.support.orders import pending_order
from tests.support.policies import allowed
from tests.support.pulumi_graph import Graph
from tests.support.stripe import KEY, create_intent

# What Lambda does for every function, and for one that a queue feeds, on the function's role.
BY_LAMBDA_ITSELF = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
}
BY_THE_EVENT_SOURCE_MAPPING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


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
    if function in ("start-execution", "record-deliveries"):
        needed |= BY_THE_EVENT_SOURCE_MAPPING
    assert set(allowed(graph, function)) == needed


def test_no_function_was_forgotten(graph: Graph) -> None:
    assert {each.name for each in graph.of_type("aws:lambda/function:Function")} == set(PATHS)


def test_an_action_is_named_as_iam_names_it() -> None:
    session = botocore.session.get_session()
    names = {
        s: session.create_client(s, region_name="eu-west-1").meta.service_model.signing_name
        for s in ("dynamodb", "logs", "secretsmanager", "sns", "sqs", "stepfunctions")
    }
    assert names == {
        "dynamodb": "dynamodb",
        "logs": "logs",
        "secretsmanager": "secretsmanager",
        "sns": "sns",
        "sqs": "sqs",
        "stepfunctions": "states",
    }
