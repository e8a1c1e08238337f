"""Runs of every function that take every path of it: for its permissions, its clients and its log."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.adapters import aws
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
    send_test_event,
    start_execution,
    update_order,
)
from tests.support.envelopes import envelope
from tests.support.http_events import http_event
from tests.support.messages import message, sqs_event, start_input
from tests.support.orders import order_payload, pending_order

SUBSCRIPTION = "arn:aws:sns:eu-west-1:123456789012:order-events:sub-1"


def furnish(cloud: Any) -> None:
    """Store the orders and webhooks that the runs need."""
    orders = OrdersTable(cloud.client("dynamodb"), "orders")
    for request_id in ("req-1", "req-paid"):
        orders.create(replace(pending_order(request_id), client_id="anonymous"))
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
    failed = replace(pending_order(request_id), status="failed", payment=Payment(status="failed"))
    release_payment.handle(failed.document(), context)


def _update(context: Any) -> None:
    event = {**pending_order().document(), "payment": {"status": "approved"}}
    update_order.handle(event, context)
    update_order.handle(event, context)


def _inform(context: Any) -> None:
    paid = replace(pending_order(), status="paid", payment=Payment(status="approved"))
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
    with pytest.MonkeyPatch.context() as patched:
        # As where the webhook is deleted during its registration.
        patched.setattr(WebhooksTable, "set_subscription", lambda *_: False)
        create_webhook.handle(http_event(body={"url": "https://shop.example/4"}, headers=headers), context)


def _webhook(webhook_id: str = "wh_1") -> dict[str, Any]:
    return http_event("-", "/webhooks", path_parameters={"webhook_id": webhook_id})


def _list_webhooks(context: Any) -> None:
    list_webhooks.handle(http_event("GET", "/webhooks"), context)


def _get_webhook(context: Any) -> None:
    get_webhook.handle(_webhook(), context)


def _delete_webhook(context: Any) -> None:
    delete_webhook.handle(_webhook("wh_unsubscribed"), context)
    delete_webhook.handle(_webhook(), context)


def _send_test_event(context: Any) -> None:
    send_test_event.handle(_webhook(), context)


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
    "send-test-event": _send_test_event,
    "redeliver-order": _redeliver_order,
    "redeliver": _redeliver,
    "health": _health,
    "refuse-request": _refuse,
}
