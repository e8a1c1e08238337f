"""The whole service, composed: every capability is a component, and here they meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra import iam
from infra.account import Account, current_account
from infra.event_topic import EventTopic, EventTopicArgs
from infra.function_kit import FunctionKit
from infra.function_layer import FunctionLayer, FunctionLayerArgs
from infra.http_api import DEFAULT_ROUTE, HttpApi, HttpApiArgs, Route
from infra.order_tables import OrderTables, OrderTablesArgs
from infra.order_workflow import OrderWorkflow, OrderWorkflowArgs
from infra.packaging import Target, build_layer
from infra.python_function import FunctionDefaults, PythonFunction
from infra.queue_consumer import CONSUME_ACTIONS, QueueConsumer, QueueConsumerArgs
from infra.settings import Settings
from infra.tagging import tag_everything
from infra.webhook_subscription import WebhookSubscription, WebhookSubscriptionArgs
from infra.work_queue import MAX_RETENTION_SECONDS, WorkQueue, WorkQueueArgs
from workflow_definitions.order import PaymentRetry, TaskFunctions, build_order_workflow

ROOT = Path(__file__).resolve().parent.parent

# How much longer a state waits than its function may run: the function's own error says more than a time-out.
_TASK_MARGIN_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What a deployed stack is known by."""

    api_endpoint: pulumi.Output[str]
    topic_arn: pulumi.Output[str]
    state_machine_arn: pulumi.Output[str]
    orders_table_name: pulumi.Output[str]
    orders_queue_url: pulumi.Output[str]
    orders_dead_letters_url: pulumi.Output[str]
    undelivered_queue_url: pulumi.Output[str]
    dead_webhooks_queue_url: pulumi.Output[str]


def build_stack(settings: Settings) -> Stack:
    """Declare everything that the service consists of."""
    tag_everything(
        {
            "project": pulumi.get_project(),
            "stack": pulumi.get_stack(),
            "managed-by": "pulumi",
            **settings.tags,
        }
    )
    account = current_account()
    kit = _function_kit(settings, account)
    tables = OrderTables(
        "store",
        OrderTablesArgs(
            deletion_protection=settings.tables.deletion_protection,
            point_in_time_recovery=settings.tables.point_in_time_recovery,
        ),
    )
    topic, undelivered, inform_client = _events(settings, kit)
    workflow = _workflow(settings, account, kit, tables, inform_client)
    queue, accept_order = _intake(settings, kit, tables, workflow)
    api = _api(settings, kit, tables, accept_order)
    return Stack(
        api_endpoint=api.endpoint,
        topic_arn=topic.arn,
        state_machine_arn=workflow.arn,
        orders_table_name=tables.orders_name,
        orders_queue_url=queue.url,
        orders_dead_letters_url=queue.dead_letters_url,
        undelivered_queue_url=undelivered.url,
        dead_webhooks_queue_url=undelivered.dead_letters_url,
    )


def _function_kit(settings: Settings, account: Account) -> FunctionKit:
    functions = settings.functions
    target = (
        Target.host() if functions.build_for == "host" else Target(functions.runtime, functions.architecture)
    )
    content = build_layer(
        target, requirements=ROOT / "functions" / "requirements.txt", cache=ROOT / ".cache" / "layers"
    )
    layer = FunctionLayer(
        "dependencies",
        FunctionLayerArgs(
            content=content,
            runtime=functions.runtime,
            architecture=functions.architecture,
        ),
    )
    return FunctionKit(
        account_id=account.account_id,
        defaults=FunctionDefaults(
            source_root=ROOT,
            layer_arn=layer.arn,
            layer_content=content,
            runtime=functions.runtime,
            architecture=functions.architecture,
            memory_megabytes=functions.memory_megabytes,
            timeout_seconds=functions.timeout_seconds,
            log_level=functions.log_level,
            log_retention_days=settings.log_retention_days,
        ),
    )


def _events(settings: Settings, kit: FunctionKit) -> tuple[EventTopic, WorkQueue, PythonFunction]:
    role = kit.role("inform_client")
    topic = EventTopic(
        "order-events", EventTopicArgs(delivery=settings.delivery, publisher_role_arn=role.arn)
    )
    inform_client = kit.function(
        "inform_client",
        "Publishes an order's outcome to its client's webhooks",
        role=role,
        environment={"TOPIC_ARN": topic.arn},
        statements=[iam.allow(["sns:Publish"], [topic.arn])],
    )
    undelivered = WorkQueue(
        "undelivered",
        WorkQueueArgs(
            sender=lambda queue_arn: iam.admit_service(
                "sns.amazonaws.com", "sqs:SendMessage", queue_arn, topic.arn
            ),
            visibility_timeout_seconds=settings.visibility_timeout_seconds,
            max_receive_count=settings.queue.max_receive_count,
            # What rests here is the only copy of an event that a client has not had.
            retention_seconds=MAX_RETENTION_SECONDS,
            dead_letter_name="dead-webhooks",
        ),
    )
    for subscriber in settings.subscribers:
        WebhookSubscription(
            subscriber.name,
            WebhookSubscriptionArgs(
                topic_arn=topic.arn,
                undelivered_arn=undelivered.arn,
                url=subscriber.url,
                client_id=subscriber.client_id,
                event_types=subscriber.event_types,
                webhook_id=subscriber.name,
                delivery=subscriber.delivery,
            ),
        )
    return topic, undelivered, inform_client


def _workflow(
    settings: Settings,
    account: Account,
    kit: FunctionKit,
    tables: OrderTables,
    inform_client: PythonFunction,
) -> OrderWorkflow:
    on_orders = {"ORDERS_TABLE_NAME": tables.orders_name}
    save_order = kit.function(
        "save_order",
        "Stores an accepted order",
        environment={**on_orders, "ORDER_TTL_DAYS": str(settings.tables.order_ttl_days)},
        statements=[iam.allow(["dynamodb:PutItem", "dynamodb:GetItem"], [tables.orders_arn])],
    )
    process_payment = kit.function(
        "process_payment",
        "Takes an order's payment",
        environment={"PAYMENT_PROVIDER": settings.payment.provider},
    )
    update_order = kit.function(
        "update_order",
        "Writes a payment's result on its order",
        environment=on_orders,
        statements=[iam.allow(["dynamodb:UpdateItem", "dynamodb:GetItem"], [tables.orders_arn])],
    )
    tasks = TaskFunctions(
        save_order=save_order.arn,
        process_payment=process_payment.arn,
        update_order=update_order.arn,
        inform_client=inform_client.arn,
    )
    return OrderWorkflow(
        "order",
        OrderWorkflowArgs(
            account=account,
            definition=build_order_workflow(
                tasks,
                payment_retry=PaymentRetry(**settings.workflow.payment_retry.model_dump()),
                task_timeout_seconds=settings.functions.timeout_seconds + _TASK_MARGIN_SECONDS,
            ),
            function_arns=[tasks.save_order, tasks.process_payment, tasks.update_order, tasks.inform_client],
            type=settings.workflow.type,
            log_level=settings.workflow.log_level,
            log_execution_data=settings.workflow.log_execution_data,
            log_retention_days=settings.log_retention_days,
        ),
    )


def _intake(
    settings: Settings, kit: FunctionKit, tables: OrderTables, workflow: OrderWorkflow
) -> tuple[WorkQueue, PythonFunction]:
    role = kit.role("accept_order")
    queue = WorkQueue(
        "orders",
        WorkQueueArgs(
            sender=lambda queue_arn: iam.admit_role(role.arn, "sqs:SendMessage", queue_arn),
            visibility_timeout_seconds=settings.visibility_timeout_seconds,
            max_receive_count=settings.queue.max_receive_count,
        ),
    )
    accept_order = kit.function(
        "accept_order",
        "Takes an order and puts it on the queue",
        role=role,
        environment={
            "API_AUTH": settings.api.auth,
            "ORDERS_QUEUE_URL": queue.url,
            "IDEMPOTENCY_TABLE_NAME": tables.idempotency_name,
            "IDEMPOTENCY_KEY_TTL_HOURS": str(settings.api.idempotency_key_ttl_hours),
        },
        statements=[
            iam.allow(["sqs:SendMessage"], [queue.arn]),
            iam.allow(
                ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem"], [tables.idempotency_arn]
            ),
        ],
    )
    start_execution = kit.function(
        "start_execution",
        "Starts the workflow for each order on the queue",
        environment={"STATE_MACHINE_ARN": workflow.arn},
        statements=[
            iam.allow(["states:StartExecution"], [workflow.arn]),
            iam.allow(CONSUME_ACTIONS, [queue.arn]),
        ],
    )
    QueueConsumer(
        "orders",
        QueueConsumerArgs(
            queue_arn=queue.arn,
            function_name=start_execution.name,
            batch_size=settings.queue.batch_size,
            max_concurrency=settings.queue.max_concurrency,
        ),
    )
    return queue, accept_order


def _api(settings: Settings, kit: FunctionKit, tables: OrderTables, accept_order: PythonFunction) -> HttpApi:
    get_order = kit.function(
        "get_order",
        "Shows an order to its client",
        environment={"API_AUTH": settings.api.auth, "ORDERS_TABLE_NAME": tables.orders_name},
        statements=[iam.allow(["dynamodb:GetItem"], [tables.orders_arn])],
    )
    routes = [
        Route(key="POST /orders", function=accept_order),
        Route(key="GET /orders/{request_id}", function=get_order),
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
