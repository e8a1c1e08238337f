"""The functions behind the API's routes for webhooks."""

from __future__ import annotations

from dataclasses import dataclass

from infra.lambdas.python_function import PythonFunction
from infra.webhooks.endpoint_factory import EndpointFactory, Environment
from infra.webhooks.topic import (
    grant_change_subscriptions,
    grant_read_subscriptions,
    grant_unsubscribe,
)
from infra.work_queue import Queue


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """What the functions need; `routes` makes them."""

    factory: EndpointFactory
    undelivered: Queue
    max_webhooks_per_client: int
    allow_http_webhooks: bool

    def routes(self) -> dict[str, PythonFunction]:
        """Make the functions and return them by the keys of their routes."""
        return {
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

    def _list_deliveries(self) -> PythonFunction:
        return self.factory.make(
            "list_deliveries",
            "Lists the deliveries to a webhook",
            self.factory.deliveries_environment,
            self.factory.webhooks.grant_get,
            self.factory.deliveries.grant_query,
        )

    def _get_delivery(self) -> PythonFunction:
        return self.factory.make(
            "get_delivery",
            "Shows a delivery with its event",
            self.factory.deliveries_environment,
            self.factory.webhooks.grant_get,
            self.factory.deliveries.grant_get,
            self.factory.deliveries.grant_query,
        )

    def _update_webhook(self) -> PythonFunction:
        return self.factory.make(
            "update_webhook",
            "Changes a client's webhook",
            {**self.factory.topic_environment, **self.factory.deliveries_environment},
            self.factory.webhooks.grant_get,
            self.factory.webhooks.grant_update,
            self.factory.deliveries.grant_get,
            self.factory.deliveries.grant_put,
            grant_read_subscriptions,
        )

    def _recover_webhook(self) -> PythonFunction:
        return self.factory.make(
            "recover_webhook",
            "Has a webhook sent what it missed",
            {**self.factory.topic_environment, **self.factory.deliveries_environment},
            self.factory.webhooks.grant_get,
            self.factory.deliveries.grant_get,
            self.factory.deliveries.grant_put,
        )

    def _get_recovery(self) -> PythonFunction:
        return self.factory.make(
            "get_recovery",
            "Shows how far a recovery has come",
            self.factory.deliveries_environment,
            self.factory.webhooks.grant_get,
            self.factory.deliveries.grant_get,
        )

    def _create_webhook(self) -> PythonFunction:
        return self.factory.make(
            "create_webhook",
            "Registers a client's webhook",
            {
                **self._subscription(),
                **self.factory.deliveries_environment,
                "TOPIC_NAMES": self.factory.topics.names,
                "MAX_WEBHOOKS_PER_CLIENT": str(self.max_webhooks_per_client),
                "ALLOW_LOCAL_WEBHOOKS": str(self.allow_http_webhooks).lower(),
            },
            self.factory.webhooks.grant_get,
            self.factory.webhooks.grant_put,
            self.factory.webhooks.grant_update,
            self.factory.webhooks.grant_delete,
            self.factory.topics.grant_subscribe,
            self.factory.topics.grant_read,
            self.factory.deliveries.grant_get,
            grant_read_subscriptions,
            grant_change_subscriptions,
            grant_unsubscribe,
        )

    def _list_webhooks(self) -> PythonFunction:
        return self.factory.make(
            "list_webhooks",
            "Lists a client's webhooks",
            {**self.factory.topic_environment, **self.factory.deliveries_environment},
            self.factory.webhooks.grant_query,
            self.factory.deliveries.grant_batch_get,
            grant_read_subscriptions,
        )

    def _get_webhook(self) -> PythonFunction:
        return self.factory.make(
            "get_webhook",
            "Shows a webhook to its client",
            {**self.factory.topic_environment, **self.factory.deliveries_environment},
            self.factory.webhooks.grant_get,
            self.factory.webhooks.grant_update,
            self.factory.deliveries.grant_get,
            grant_read_subscriptions,
        )

    def _delete_webhook(self) -> PythonFunction:
        return self.factory.make(
            "delete_webhook",
            "Ends a client's webhook",
            {**self._subscription(), **self.factory.deliveries_environment},
            self.factory.deliveries.grant_get,
            self.factory.deliveries.grant_put,
            self.factory.webhooks.grant_get,
            self.factory.webhooks.grant_update,
            self.factory.webhooks.grant_delete,
            self.factory.topics.grant_subscribe,
            grant_change_subscriptions,
            grant_unsubscribe,
        )

    def _send_test_event(self) -> PythonFunction:
        return self.factory.make(
            "send_test_event",
            "Publishes a test event to one webhook",
            self.factory.publishing_environment,
            self.factory.webhooks.grant_get,
            *self.factory.publishing_grants,
            self.factory.deliveries.grant_update,
            grant_read_subscriptions,
        )

    def _subscription(self) -> Environment:
        return {**self.factory.topic_environment, "UNDELIVERED_QUEUE_ARN": self.undelivered.arn}
