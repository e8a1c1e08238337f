"""What orders need of the webhooks, and another service does not: the functions that know an order."""

from __future__ import annotations

from infra.lambdas.python_function import PythonFunction
from infra.table import Table
from infra.webhooks.endpoint_factory import EndpointFactory
from infra.webhooks.topic import grant_read_subscriptions


class OrderEvents:
    """The function that publishes an order's outcome, and those of the API's routes for its event."""

    def __init__(self, factory: EndpointFactory, orders: Table) -> None:
        self._factory = factory
        self._orders = orders
        self.inform_client = self._inform_client()
        self.routes = {
            "GET /orders/{request_id}/deliveries": self._list_order_deliveries(),
            "POST /orders/{request_id}/redeliver": self._redeliver_order(),
        }
        self.functions = (self.inform_client, *self.routes.values())

    def _inform_client(self) -> PythonFunction:
        given = self._factory
        return given.functions.make(
            "inform_client",
            "Publishes an order's outcome to its client's webhooks",
            parent=given.parent,
            environment={
                **given.topic_environment,
                **given.deliveries_environment,
                "WEBHOOKS_TABLE_NAME": given.webhooks.name,
                "LONGEST_DELIVERY_SECONDS": given.timing["LONGEST_DELIVERY_SECONDS"],
            },
            grants=[
                given.topics.grant_publish,
                grant_read_subscriptions,
                given.webhooks.grant_query,
                given.webhooks.grant_update,
                given.deliveries.grant_get,
                given.deliveries.grant_batch_get,
                given.deliveries.grant_put,
                given.deliveries.grant_update,
            ],
        )

    def _list_order_deliveries(self) -> PythonFunction:
        given = self._factory
        return given.make(
            "list_order_deliveries",
            "Shows what became of an order's event",
            {**given.deliveries_environment, "ORDERS_TABLE_NAME": self._orders.name},
            self._orders.grant_get,
            given.webhooks.grant_query,
            given.deliveries.grant_get,
            given.deliveries.grant_batch_get,
            given.deliveries.grant_query,
        )

    def _redeliver_order(self) -> PythonFunction:
        given = self._factory
        return given.make(
            "redeliver_order",
            "Publishes an order's event once more",
            {**given.publishing_environment, "ORDERS_TABLE_NAME": self._orders.name},
            self._orders.grant_get,
            given.webhooks.grant_query,
            *given.publishing_grants,
        )
