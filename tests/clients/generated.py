"""Call the service with the client that openapi-python-client generated as `order_webhooks`; print what came.

Run by the tests in the clients' own environment, with the URLs of the API and of a hook as its arguments.
"""

from __future__ import annotations

import json
import sys

from order_webhooks import Client
from order_webhooks.api.orders import accept_order, get_order
from order_webhooks.api.service import health
from order_webhooks.api.webhooks import create_webhook, delete_webhook, list_webhooks
from order_webhooks.models import (
    AcceptedOrder,
    Health,
    Item,
    OrderRequest,
    OrderRequestCurrency,
    OrderView,
    ProblemDocument,
    WebhookEventType,
    WebhookList,
    WebhookRequest,
    WebhookView,
)
from order_webhooks.types import Unset

ME = "generated"


def main(url: str, hook_url: str) -> None:
    client = Client(base_url=url)
    up = health.sync(client=client)
    assert isinstance(up, Health)

    order = OrderRequest(
        reference="PO-1001",
        currency=OrderRequestCurrency.EUR,
        items=[Item(sku="KB-75", name="Keyboard", quantity=2, unit_amount=4995)],
        payment_method="pm_card_visa",
    )
    accepted = accept_order.sync(client=client, body=order, x_client_id=ME, idempotency_key="PO-1001")
    assert isinstance(accepted, AcceptedOrder)

    shown = get_order.sync(accepted.request_id, client=client, x_client_id=ME)
    while not isinstance(shown, OrderView) or shown.status == "pending":
        shown = get_order.sync(accepted.request_id, client=client, x_client_id=ME)
    assert shown.items == order.items

    order.items = []
    refused = accept_order.sync(client=client, body=order, x_client_id=ME)
    assert isinstance(refused, ProblemDocument)
    assert not isinstance(refused.errors, Unset)

    wanted = WebhookRequest(url=hook_url, event_types=[WebhookEventType.ORDER_PAID])
    webhook = create_webhook.sync(client=client, body=wanted, x_client_id=ME)
    assert isinstance(webhook, WebhookView), webhook
    listed = list_webhooks.sync(client=client, x_client_id=ME)
    assert isinstance(listed, WebhookList)
    deleted = delete_webhook.sync_detailed(webhook.webhook_id, client=client, x_client_id=ME)

    printed = {
        "health": up.status,
        "order": str(shown.status),
        "refused": [error.to_dict() for error in refused.errors],
        "webhooks": [str(each.status) for each in listed.webhooks],
        "deleted": deleted.status_code,
    }
    sys.stdout.write(json.dumps(printed))


if __name__ == "__main__":
    main(*sys.argv[1:])
