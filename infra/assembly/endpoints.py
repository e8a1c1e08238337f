"""The HTTP API and the functions behind its routes."""

from __future__ import annotations

import pulumi

from infra import iam
from infra.api.http_api import DEFAULT_ROUTE, LONGEST_ANSWER_SECONDS, HttpApi, HttpApiArgs, Route
from infra.assembly.events import Events
from infra.lambdas.factory import FunctionKit
from infra.lambdas.python_function import PythonFunction
from infra.settings import Settings
from infra.storage.tables import ServiceTables

_READ_SUBSCRIPTION = "sns:GetSubscriptionAttributes"
_CHANGE_SUBSCRIPTION = "sns:SetSubscriptionAttributes"


def assemble_endpoints(
    settings: Settings, kit: FunctionKit, tables: ServiceTables, events: Events, accept_order: PythonFunction
) -> HttpApi:
    """Make the API with every route's function."""
    kit = kit.within(LONGEST_ANSWER_SECONDS)
    routes = [
        Route(key="POST /orders", function=accept_order),
        *_order_routes(settings, kit, tables, events),
        *_webhook_routes(settings, kit, tables, events),
        Route(key="GET /health", function=kit.function("health", "Says that the API is up"), public=True),
    ]
    refuse_request = kit.function(
        "refuse_request",
        "Refuses what no route takes",
        environment={"API_ROUTES": ",".join(route.key for route in routes)},
    )
    return HttpApi(
        "api",
        HttpApiArgs(
            settings=settings.api,
            # Whoever misses a route has not been asked who they are, and learns nothing but that.
            routes=[*routes, Route(key=DEFAULT_ROUTE, function=refuse_request, public=True)],
            log_retention_days=settings.log_retention_days,
        ),
    )


def _order_routes(settings: Settings, kit: FunctionKit, tables: ServiceTables, events: Events) -> list[Route]:
    get_order = kit.function(
        "get_order",
        "Shows an order to its client",
        environment={"API_AUTH": settings.api.auth, "ORDERS_TABLE_NAME": tables.orders_name},
        statements=[iam.allow(["dynamodb:GetItem"], [tables.orders_arn])],
    )
    redeliver_order = kit.function(
        "redeliver_order",
        "Publishes an order's event once more",
        role=events.publishers["redeliver_order"],
        environment={
            "API_AUTH": settings.api.auth,
            "ORDERS_TABLE_NAME": tables.orders_name,
            "WEBHOOKS_TABLE_NAME": tables.webhooks_name,
            "TOPIC_ARN": events.topic.arn,
        },
        statements=[
            iam.allow(["dynamodb:GetItem"], [tables.orders_arn, tables.webhooks_arn]),
            iam.allow(["sns:Publish"], [events.topic.arn]),
        ],
    )
    return [
        Route(key="GET /orders/{request_id}", function=get_order),
        Route(key="POST /orders/{request_id}/redeliver", function=redeliver_order),
    ]


def _webhook_routes(
    settings: Settings, kit: FunctionKit, tables: ServiceTables, events: Events
) -> list[Route]:
    common: dict[str, pulumi.Input[str]] = {
        "API_AUTH": settings.api.auth,
        "WEBHOOKS_TABLE_NAME": tables.webhooks_name,
    }
    topic: dict[str, pulumi.Input[str]] = {"TOPIC_ARN": events.topic.arn}
    subscription: dict[str, pulumi.Input[str]] = {
        **topic,
        "UNDELIVERED_QUEUE_ARN": events.undelivered.arn,
    }
    limits = {
        "MAX_WEBHOOKS_PER_CLIENT": str(settings.max_webhooks_per_client),
        "ALLOW_LOCAL_WEBHOOKS": str(settings.allow_http_webhooks).lower(),
    }

    def on_table(*actions: str) -> iam.Statement:
        return iam.allow([f"dynamodb:{action}" for action in actions], [tables.webhooks_arn])

    def on_topic(action: str) -> iam.Statement:
        return iam.allow([f"sns:{action}"], [events.topic.arn])

    create = kit.function(
        "create_webhook",
        "Registers a client's webhook",
        environment={**common, **subscription, **limits},
        statements=[
            on_table("GetItem", "PutItem", "UpdateItem", "DeleteItem"),
            on_topic("Subscribe"),
            iam.allow_everywhere([_READ_SUBSCRIPTION, _CHANGE_SUBSCRIPTION]),
        ],
    )
    list_all = kit.function(
        "list_webhooks",
        "Lists a client's webhooks",
        environment=common,
        statements=[on_table("Query"), iam.allow_everywhere([_READ_SUBSCRIPTION])],
    )
    get_one = kit.function(
        "get_webhook",
        "Shows a webhook to its client",
        environment=common,
        statements=[on_table("GetItem"), iam.allow_everywhere([_READ_SUBSCRIPTION])],
    )
    delete = kit.function(
        "delete_webhook",
        "Ends a client's webhook",
        environment={**common, **subscription},
        statements=[
            on_table("GetItem", "UpdateItem", "DeleteItem"),
            on_topic("Subscribe"),
            iam.allow_everywhere(["sns:Unsubscribe", _CHANGE_SUBSCRIPTION]),
        ],
    )
    try_one = kit.function(
        "try_webhook",
        "Publishes a test event to one webhook",
        role=events.publishers["try_webhook"],
        environment={**common, **topic},
        statements=[on_table("GetItem"), on_topic("Publish"), iam.allow_everywhere([_READ_SUBSCRIPTION])],
    )
    return [
        Route(key="POST /webhooks", function=create),
        Route(key="GET /webhooks", function=list_all),
        Route(key="GET /webhooks/{webhook_id}", function=get_one),
        Route(key="DELETE /webhooks/{webhook_id}", function=delete),
        Route(key="POST /webhooks/{webhook_id}/test", function=try_one),
    ]
