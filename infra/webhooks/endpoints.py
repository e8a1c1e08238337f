"""The functions behind the API's routes for webhooks, and behind the route that publishes an event again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.access import Grant
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.table import Table
from infra.webhooks.topic import (
    grant_change_subscriptions,
    grant_read_subscriptions,
    grant_unsubscribe,
)
from infra.webhooks.topics import EventTopics
from infra.work_queue import Queue

Environment = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """What the functions need; `routes` makes them."""

    parent: pulumi.Resource
    factory: FunctionFactory
    topics: EventTopics
    undelivered: Queue
    orders: Table
    webhooks: Table
    deliveries: Table
    timing: Mapping[str, str]
    api_auth: str
    max_webhooks_per_client: int
    allow_http_webhooks: bool

    def routes(self) -> dict[str, PythonFunction]:
        """Make the functions and return them by the keys of their routes."""
        return {
            "GET /orders/{request_id}/deliveries": self._list_order_deliveries(),
            "POST /orders/{request_id}/redeliver": self._redeliver_order(),
            "POST /webhooks": self._create_webhook(),
            "GET /webhooks": self._list_webhooks(),
            "GET /webhooks/{webhook_id}": self._get_webhook(),
            "PATCH /webhooks/{webhook_id}": self._update_webhook(),
            "DELETE /webhooks/{webhook_id}": self._delete_webhook(),
            "POST /webhooks/{webhook_id}/test": self._send_test_event(),
            "GET /webhooks/{webhook_id}/deliveries": self._list_deliveries(),
            "GET /webhooks/{webhook_id}/deliveries/{event_id}": self._get_delivery(),
            "POST /webhooks/{webhook_id}/recover": self._recover_webhook(),
            "GET /webhooks/{webhook_id}/recover/{job_id}": self._get_recovery(),
        }

    def _list_order_deliveries(self) -> PythonFunction:
        # The event names its webhooks.
        return self.factory.make(
            "list_order_deliveries",
            "Shows what became of an order's event",
            parent=self.parent,
            environment={
                "API_AUTH": self.api_auth,
                "ORDERS_TABLE_NAME": self.orders.name,
                **self._table(),
            },
            grants=[
                self.orders.grant_get,
                self.deliveries.grant_get,
                self.deliveries.grant_batch_get,
                self.deliveries.grant_query,
            ],
            behind_api=True,
        )

    def _list_deliveries(self) -> PythonFunction:
        return self._make(
            "list_deliveries",
            "Lists the deliveries to a webhook",
            self._table(),
            self.webhooks.grant_get,
            self.deliveries.grant_query,
        )

    def _get_delivery(self) -> PythonFunction:
        return self._make(
            "get_delivery",
            "Shows a delivery with its event",
            self._table(),
            self.webhooks.grant_get,
            self.deliveries.grant_get,
            self.deliveries.grant_query,
        )

    def _update_webhook(self) -> PythonFunction:
        return self._make(
            "update_webhook",
            "Changes a client's webhook",
            {**self._topic(), **self._table()},
            self.webhooks.grant_get,
            self.webhooks.grant_update,
            self.deliveries.grant_get,
            self.deliveries.grant_put,
            grant_read_subscriptions,
        )

    def _recover_webhook(self) -> PythonFunction:
        return self._make(
            "recover_webhook",
            "Has a webhook sent what it missed",
            {**self._topic(), **self._table()},
            self.webhooks.grant_get,
            self.deliveries.grant_get,
            self.deliveries.grant_put,
        )

    def _get_recovery(self) -> PythonFunction:
        return self._make(
            "get_recovery",
            "Shows how far a recovery has come",
            self._table(),
            self.webhooks.grant_get,
            self.deliveries.grant_get,
        )

    def _redeliver_order(self) -> PythonFunction:
        return self._make(
            "redeliver_order",
            "Publishes an order's event once more",
            {**self._deliveries(), "ORDERS_TABLE_NAME": self.orders.name},
            self.orders.grant_get,
            self.webhooks.grant_query,
            *self._publishing(),
        )

    def _create_webhook(self) -> PythonFunction:
        return self._make(
            "create_webhook",
            "Registers a client's webhook",
            {
                **self._subscription(),
                "DELIVERIES_TABLE_NAME": self.deliveries.name,
                "TOPIC_NAMES": self.topics.names,
                "MAX_WEBHOOKS_PER_CLIENT": str(self.max_webhooks_per_client),
                "ALLOW_LOCAL_WEBHOOKS": str(self.allow_http_webhooks).lower(),
            },
            self.webhooks.grant_get,
            self.webhooks.grant_put,
            self.webhooks.grant_update,
            self.webhooks.grant_delete,
            self.topics.grant_subscribe,
            self.topics.grant_read,
            self.deliveries.grant_get,
            grant_read_subscriptions,
            grant_change_subscriptions,
            grant_unsubscribe,
        )

    def _list_webhooks(self) -> PythonFunction:
        return self._make(
            "list_webhooks",
            "Lists a client's webhooks",
            {**self._topic(), "DELIVERIES_TABLE_NAME": self.deliveries.name},
            self.webhooks.grant_query,
            self.deliveries.grant_batch_get,
            grant_read_subscriptions,
        )

    def _get_webhook(self) -> PythonFunction:
        return self._make(
            "get_webhook",
            "Shows a webhook to its client",
            {**self._topic(), "DELIVERIES_TABLE_NAME": self.deliveries.name},
            self.webhooks.grant_get,
            self.webhooks.grant_update,
            self.deliveries.grant_get,
            grant_read_subscriptions,
        )

    def _delete_webhook(self) -> PythonFunction:
        return self._make(
            "delete_webhook",
            "Ends a client's webhook",
            {**self._subscription(), "DELIVERIES_TABLE_NAME": self.deliveries.name},
            self.deliveries.grant_get,
            self.deliveries.grant_put,
            self.webhooks.grant_get,
            self.webhooks.grant_update,
            self.webhooks.grant_delete,
            self.topics.grant_subscribe,
            grant_change_subscriptions,
            grant_unsubscribe,
        )

    def _send_test_event(self) -> PythonFunction:
        return self._make(
            "send_test_event",
            "Publishes a test event to one webhook",
            self._deliveries(),
            self.webhooks.grant_get,
            *self._publishing(),
            self.deliveries.grant_update,
            grant_read_subscriptions,
        )

    def _table(self) -> Environment:
        return {"DELIVERIES_TABLE_NAME": self.deliveries.name}

    def _topic(self) -> Environment:
        return {"TOPIC_ARN": self.topics.first.arn}

    def _deliveries(self) -> Environment:
        return {**self._topic(), "DELIVERIES_TABLE_NAME": self.deliveries.name, **self.timing}

    def _publishing(self) -> tuple[Grant, ...]:
        """Return what a function needs that stores an event with its rows and publishes it."""
        return (
            self.topics.grant_publish,
            self.deliveries.grant_get,
            self.deliveries.grant_batch_get,
            self.deliveries.grant_put,
        )

    def _subscription(self) -> Environment:
        return {**self._topic(), "UNDELIVERED_QUEUE_ARN": self.undelivered.arn}

    def _make(
        self, handler_module: str, description: str, environment: Environment, *grants: Grant
    ) -> PythonFunction:
        common = {"API_AUTH": self.api_auth, "WEBHOOKS_TABLE_NAME": self.webhooks.name}
        return self.factory.make(
            handler_module,
            description,
            parent=self.parent,
            environment={**common, **environment},
            grants=grants,
            behind_api=True,
        )
