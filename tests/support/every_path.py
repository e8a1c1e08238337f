"""Runs of every function that take every path of it: for its permissions, its clients and its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.delivery_pages import DeliveryPages
from functions.adapters.orders_table import OrdersTable
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.changes import wake_webhook
from functions.domain.deliveries.first_publication import new_row
from functions.domain.deliveries.publication import publishing
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import Recipient, WebhookState
from functions.domain.event import order_event
from functions.domain.instant import now
from functions.domain.outage import ServiceUnavailable
from functions.domain.payment import Payment
from functions.domain.webhook import Webhook
from functions.handlers import (
    accept_order,
    create_webhook,
    delete_webhook,
    get_delivery,
    get_order,
    get_recovery,
    get_webhook,
    health,
    inform_client,
    list_deliveries,
    list_order_deliveries,
    list_orders,
    list_webhooks,
    process_payment,
    record_deliveries,
    recover_webhook,
    redeliver,
    redeliver_order,
    refuse_request,
    release_payment,
    save_order,
    send_test_event,
    start_execution,
    update_order,
    update_webhook,
)
from tests.support.envelopes import envelope
from tests.support.http_events import http_event
from tests.support.messages import message, sqs_event, start_input
from tests.support.moto_cloud import observer
from tests.support.orders import order_payload, pending_order
from tests.support.signals import log_batch, log_entry, queue_batch

REGISTERED = "2025-11-01T00:00:00.000Z"
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
    webhook = {
        "client_id": "anonymous",
        "url": "https://shop.example/1",
        "event_types": ["order.paid", "webhook.disabled"],
    }
    webhooks = WebhooksTable(cloud.client("dynamodb"), "webhooks")
    webhooks.create(Webhook(webhook_id="wh_1", subscription_arn=subscription, **webhook), max_per_client=9)
    webhooks.create(Webhook(webhook_id="wh_unsubscribed", **webhook), max_per_client=9)
    webhooks.set_subscription(Webhook(webhook_id="wh_1", **webhook), subscription)
    for group in ("", "/Failure"):
        cloud.client("logs").create_log_group(logGroupName=f"sns/eu-west-1/123456789012/order-events{group}")
    confirmed = {"subscription_arn": SUBSCRIPTION, "confirmed_at": "2025-11-25T09:30:00.000Z"}
    redelivered = Webhook(webhook_id="wh_2", **confirmed, **webhook)
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


def _inform(context: Any) -> str:
    paid = replace(pending_order(), status="paid", payment=Payment(status="approved"), client_id="anonymous")
    first = inform_client.handle(paid.document(), context)
    with pytest.MonkeyPatch.context() as patched:
        save, refusals = DeliveriesTable.save_state, [None]

        def conflicting(table: DeliveriesTable, state: WebhookState) -> WebhookState | None:
            return refusals.pop() if refusals else save(table, state)

        patched.setattr(DeliveriesTable, "save_state", conflicting)
        inform_client.handle(paid.document(), context)
    return str(first["sns_message_id"])


def _get(context: Any) -> None:
    get_order.handle(http_event("GET", "/orders/x", path_parameters={"request_id": "x"}), context)


def _list_orders(context: Any) -> None:
    list_orders.handle(http_event("GET", "/orders"), context)


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
    _observed().save_state(WebhookState(client_id="anonymous", webhook_id="wh_1", registration="managed"))
    delete_webhook.handle(_webhook("wh_unsubscribed"), context)
    delete_webhook.handle(_webhook(), context)


def _send_test_event(context: Any) -> None:
    send_test_event.handle(_webhook(), context)


def _redeliver_order(context: Any) -> None:
    event = http_event(path_parameters={"request_id": "req-paid"}, body={"webhook_id": "wh_2"})
    redeliver_order.handle(event, context)


def _delivered_order() -> None:
    """Store the event of a paid order, with a row that was attempted twice."""
    order = OrdersTable(observer("dynamodb"), "orders").find("req-paid")
    assert order is not None
    event = order_event(order.document())
    stored = StoredEvent(
        event_id=event.id,
        client_id="anonymous",
        event_type=event.type,
        subject="req-paid",
        event_time=event.time,
        document=event.message(),
        md5="0" * 32,
        webhook_ids=("wh_own",),
    )
    row = Row(
        webhook_id="wh_own",
        event_id=event.id,
        event_time=event.time,
        client_id="anonymous",
        registration=REGISTERED,
        event_type=event.type,
        subject="req-paid",
        document_md5="0" * 32,
        state=RowState.RETRYING,
        trigger=Trigger.ORDER,
        created_at=now(),
        attempts=2,
    )
    _observed().create_event(stored, now())
    _observed().create_rows([row])
    webhook = Webhook(
        client_id="anonymous",
        webhook_id="wh_own",
        url="https://shop.example/own",
        event_types=["order.paid"],
        created_at=REGISTERED,
        subscription_arn=SUBSCRIPTION,
    )
    WebhooksTable(observer("dynamodb"), "webhooks").create(webhook, max_per_client=100)


def _list_order_deliveries(context: Any) -> None:
    _delivered_order()
    list_order_deliveries.handle(http_event(path_parameters={"request_id": "req-paid"}), context)


def _list_deliveries(context: Any) -> None:
    _delivered_order()
    list_deliveries.handle(_webhook("wh_own"), context)


def _get_delivery(context: Any) -> None:
    _delivered_order()
    (row,) = (
        DeliveryPages(observer("dynamodb"), "deliveries")
        .page_of_webhook("wh_own", first="0", last="9", limit=1)
        .entries
    )
    parameters = {"webhook_id": "wh_own", "event_id": row.event_id}
    get_delivery.handle(http_event(path_parameters=parameters), context)


def _update_webhook(context: Any) -> None:
    _delivered_order()
    event = http_event(path_parameters={"webhook_id": "wh_own"}, body={"status": "active"})
    update_webhook.handle(event, context)


def _recover_webhook(context: Any) -> None:
    _delivered_order()
    body = {"since": "2025-01-01T00:00:00Z"}
    recover_webhook.handle(http_event(path_parameters={"webhook_id": "wh_own"}, body=body), context)


def _get_recovery(context: Any) -> None:
    _delivered_order()
    parameters = {"webhook_id": "wh_own", "job_id": "none"}
    get_recovery.handle(http_event(path_parameters=parameters), context)


def _observed() -> DeliveriesTable:
    """The table by the tests' own client, whose calls are no function's."""
    return DeliveriesTable(observer("dynamodb"), "deliveries")


def _recipient(webhook_id: str) -> Recipient:
    return Recipient(
        client_id="anonymous",
        webhook_id=webhook_id,
        registration="managed",
        topic_arn="",
        subscription_arn=None,
        is_paused=False,
        confirmed_at=None,
    )


def _event(number: int) -> StoredEvent:
    return StoredEvent(
        event_id=f"e-{number}",
        client_id="anonymous",
        event_type="order.paid",
        subject="req-1",
        event_time="2025-11-25T09:31:00.000Z",
        document="{}",
        md5="0",
    )


def _published(webhook_id: str, number: int, sns_message_id: str) -> None:
    """Store a row whose publication was a day ago, with its message."""
    table, event, timing = _observed(), _event(number), Timing(delays_seconds=(60,))
    long_ago = now() - timedelta(days=1)
    table.create_event(event, long_ago)
    row = publishing(new_row(event, _recipient(webhook_id), Trigger.ORDER, long_ago), long_ago, timing)
    table.create_rows([replace(row, sns_message_id=sns_message_id)])
    table.put_message(
        Message(
            sns_message_id=sns_message_id,
            event_id=event.event_id,
            event_time=event.event_time,
            claim=str(row.claim),
            webhook_ids=(webhook_id,),
            published_at=long_ago,
        )
    )


def _record(context: Any) -> None:
    """Success, failure, unknown entry, envelopes with and without a row, what cannot be read, and notices."""
    _published("wh_1", 1, "m-1")
    _published("wh_1", 2, "m-2")
    record_deliveries.handle(log_batch(log_entry("m-1"), log_entry("unknown")), context)
    gone = log_entry("m-2", status=410)
    record_deliveries.handle(log_batch(gone), context)
    unknown = log_entry("m", document="x")
    record_deliveries.handle(log_batch(unknown, at=now() - timedelta(minutes=6)), context)
    old = envelope(client_id="anonymous", subscription_arn=SUBSCRIPTION)
    event = queue_batch("undelivered", "no envelope", old)
    record_deliveries.handle(event, context)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DeliveriesTable, "find_row", _refused)
        record_deliveries.handle(event, context)


def _refused(*_: Any) -> Any:
    raise ServiceUnavailable("now and then")


def _redeliver(context: Any) -> None:
    """A run with due rows, an unconfirmed webhook, one that is disabled now, and a silent publication."""
    table = _observed()
    # A search of the log groups needs the time of a whole run.
    context.get_remaining_time_in_millis = lambda: 60_000
    failing = WebhookState(
        client_id="anonymous",
        webhook_id="wh_2",
        registration="managed",
        failing_since=now() - timedelta(days=6),
    )
    table.save_state(failing)
    _published("wh_1", 1, "silent")
    for webhook_id in ("wh_1", "wh_2"):
        table.create_event(_event(2), now())
        row = new_row(_event(2), _recipient(webhook_id), Trigger.ORDER, now())
        table.create_rows([row])
        state = table.find_state(webhook_id)
        wake_webhook(table, _recipient(webhook_id), state, now() - timedelta(minutes=1))
    with pytest.MonkeyPatch.context() as patched:
        # Else the topics are asked in some minutes only.
        patched.setattr(redeliver, "_MINUTES_BETWEEN_USAGES", 1)
        redeliver.handle({}, context)


def _health(context: Any) -> None:
    health.handle(http_event("GET", "/health"), context)


def _refuse(context: Any) -> None:
    refuse_request.handle(http_event("GET", "/nothing"), context)


PATHS: dict[str, Callable[..., object]] = {
    "accept-order": _accept,
    "start-execution": _start,
    "save-order": _save,
    "process-payment": _pay,
    "release-payment": _release,
    "update-order": _update,
    "inform-client": _inform,
    "get-order": _get,
    "list-orders": _list_orders,
    "create-webhook": _create_webhook,
    "list-webhooks": _list_webhooks,
    "get-webhook": _get_webhook,
    "delete-webhook": _delete_webhook,
    "send-test-event": _send_test_event,
    "redeliver-order": _redeliver_order,
    "list-order-deliveries": _list_order_deliveries,
    "list-deliveries": _list_deliveries,
    "get-delivery": _get_delivery,
    "update-webhook": _update_webhook,
    "recover-webhook": _recover_webhook,
    "get-recovery": _get_recovery,
    "record-deliveries": _record,
    "redeliver": _redeliver,
    "health": _health,
    "refuse-request": _refuse,
}
