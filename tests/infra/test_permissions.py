"""Each role allows exactly the AWS calls that its function makes, found by running every path of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest

from functions.adapters import aws, gateways
from functions.adapters.charge_record import ChargeRecord
from functions.adapters.orders_table import OrdersTable
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.payment import Payment
from functions.domain.webhook import Webhook
from functions.handlers import (
    accept_order,
    create_webhook,
    delete_webhook,
    get_order,
    get_webhook,
    health,
    inform_client,
    list_webhooks,
    process_payment,
    redeliver,
    redeliver_order,
    refuse_request,
    release_payment,
    save_order,
    start_execution,
    try_webhook,
    update_order,
)
from local.stripe.fake_stripe import FakeStripe
from tests.functions.test_workflow_functions import message, sqs_event, start_input
from tests.infra.test_access import allowed
from tests.support.envelopes import envelope
from tests.support.http_events import http_event
from tests.support.orders import order_payload, pending_order
from tests.support.pulumi_graph import Graph
from tests.support.stripe import KEY, create_intent

# What Lambda does for every function, and for one that a queue feeds, on the function's role.
BY_LAMBDA_ITSELF = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
SUBSCRIPTION = "arn:aws:sns:eu-west-1:123456789012:order-events:sub-1"
BY_THE_EVENT_SOURCE_MAPPING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


def _accept(context: Any) -> None:
    keyed = http_event(body=order_payload(), headers={"idempotency-key": "k"})
    for event in (keyed, keyed, http_event(body=order_payload())):
        accept_order.handle(event, context)


def _start(context: Any) -> None:
    start_execution.handle(sqs_event(message(), message(), "no order"), context)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("STATE_MACHINE_ARN", "arn:aws:states:eu-west-1:123456789012:stateMachine:gone")
        start_execution.handle(sqs_event(message()), context)


def _save(context: Any) -> None:
    save_order.handle(start_input(), context)
    save_order.handle(start_input(), context)


def _pay(context: Any, request_id: str = "req-1") -> None:
    process_payment.handle({**pending_order(request_id).document(), "attempt": 0}, context)


def _release(context: Any, request_id: str = "req-1") -> None:
    failed = pending_order(request_id).model_copy(
        update={"status": "failed", "payment": Payment(status="failed")}
    )
    release_payment.handle(failed.document(), context)


def _update(context: Any) -> None:
    event = {**pending_order().document(), "payment": {"status": "approved"}}
    update_order.handle(event, context)
    update_order.handle(event, context)


def _inform(context: Any) -> None:
    paid = pending_order().model_copy(update={"status": "paid", "payment": Payment(status="approved")})
    inform_client.handle(paid.document(), context)


def _get(context: Any) -> None:
    get_order.handle(http_event("GET", "/orders/x", path_parameters={"request_id": "x"}), context)


def _create_webhook(context: Any) -> None:
    headers = {"x-client-id": "shop"}
    event = http_event(body={"url": "https://shop.example/"}, headers=headers)
    create_webhook.handle(event, context)
    create_webhook.handle(event, context)
    subscribe, refusals = Subscriptions._subscribe, [{"Error": {"Code": "InvalidParameter"}}]

    def refused_once(self: Subscriptions, *args: Any) -> str:
        # As SNS does where the webhook was deleted while pending; moto takes any attributes.
        if refusals:
            raise aws.sns().exceptions.InvalidParameterException(refusals.pop(), "Subscribe")
        return subscribe(self, *args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Subscriptions, "_subscribe", refused_once)
        create_webhook.handle(http_event(body={"url": "https://shop.example/2"}, headers=headers), context)
        refusals.extend(2 * [{"Error": {"Code": "InvalidParameter"}}])
        create_webhook.handle(http_event(body={"url": "https://shop.example/3"}, headers=headers), context)


def _webhook(webhook_id: str = "wh_1") -> dict[str, Any]:
    return http_event("-", "/webhooks", path_parameters={"webhook_id": webhook_id})


def _list_webhooks(context: Any) -> None:
    list_webhooks.handle(http_event("GET", "/webhooks"), context)


def _get_webhook(context: Any) -> None:
    get_webhook.handle(_webhook(), context)


def _delete_webhook(context: Any) -> None:
    delete_webhook.handle(_webhook("wh_unsubscribed"), context)
    delete_webhook.handle(_webhook(), context)


def _try_webhook(context: Any) -> None:
    try_webhook.handle(_webhook(), context)


def _redeliver_order(context: Any) -> None:
    event = http_event(path_parameters={"request_id": "req-paid"}, body={"webhook_id": "wh_1"})
    redeliver_order.handle(event, context)


def _redeliver(context: Any) -> None:
    for redeliveries, age_seconds in ((0, 0), (0, 7_200), (2, 0)):
        body = envelope(client_id="anonymous", subscription_arn=SUBSCRIPTION, redelivery=redeliveries)
        event = sqs_event(body)
        sent_at = str(int((time.time() - age_seconds) * 1000))
        event["Records"][0]["attributes"]["SentTimestamp"] = sent_at
        redeliver.handle(event, context)


def _health(context: Any) -> None:
    health.handle(http_event("GET", "/health"), context)


def _refuse(context: Any) -> None:
    refuse_request.handle(http_event("GET", "/nothing"), context)


PATHS: dict[str, Callable[..., None]] = {
    "accept-order": _accept,
    "start-execution": _start,
    "save-order": _save,
    "process-payment": _pay,
    "release-payment": _release,
    "update-order": _update,
    "inform-client": _inform,
    "get-order": _get,
    "create-webhook": _create_webhook,
    "list-webhooks": _list_webhooks,
    "get-webhook": _get_webhook,
    "delete-webhook": _delete_webhook,
    "try-webhook": _try_webhook,
    "redeliver-order": _redeliver_order,
    "redeliver": _redeliver,
    "health": _health,
    "refuse-request": _refuse,
}


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
    _furnish(cloud)

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


def _furnish(cloud: Any) -> None:
    orders = OrdersTable(cloud.client("dynamodb"), "orders")
    for request_id in ("req-1", "req-paid"):
        orders.create(pending_order(request_id).model_copy(update={"client_id": "anonymous"}))
    orders.settle("req-paid", Payment(status="approved"), "2025-11-25T09:31:00.000Z")
    subscription = cloud.client("sns").subscribe(
        TopicArn=cloud.topic_arn, Protocol="https", Endpoint="https://shop.example/1"
    )["SubscriptionArn"]
    webhook = {"client_id": "anonymous", "url": "https://shop.example/1", "event_types": ["order.paid"]}
    webhooks = WebhooksTable(cloud.client("dynamodb"), "webhooks")
    webhooks.create(Webhook(webhook_id="wh_1", subscription_arn=subscription, **webhook), max_per_client=9)
    webhooks.create(Webhook(webhook_id="wh_unsubscribed", **webhook), max_per_client=9)
    webhooks.set_subscription(Webhook(webhook_id="wh_1", **webhook), subscription)
    redelivered = Webhook(webhook_id="wh_2", subscription_arn=SUBSCRIPTION, **webhook)
    webhooks.create(redelivered, max_per_client=9)


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
