"""From the API to the workflow: the function that answers, the queue, and the function that starts."""

from __future__ import annotations

from dataclasses import dataclass

from infra import iam
from infra.account import Account
from infra.api.http_api import LONGEST_ANSWER_SECONDS
from infra.lambdas.factory import FunctionKit
from infra.lambdas.python_function import PythonFunction
from infra.lambdas.queue_consumer import CONSUME_ACTIONS, QueueConsumer, QueueConsumerArgs
from infra.lambdas.role import FunctionRole
from infra.settings import ORDERS_RETENTION_SECONDS, Settings
from infra.storage.tables import ServiceTables
from infra.work_queue import WorkQueue, WorkQueueArgs
from infra.workflow.role import WorkflowRole, WorkflowRoleArgs
from infra.workflow.state_machine import OrderWorkflow


@dataclass(frozen=True, kw_only=True)
class OrdersQueue:
    """The queue of accepted orders, and the roles that are known before what runs as them."""

    queue: WorkQueue
    accept_order_role: FunctionRole
    start_execution_role: FunctionRole
    workflow_role: WorkflowRole


def assemble_queue(settings: Settings, account: Account, kit: FunctionKit) -> OrdersQueue:
    """Make the queue with the senders that it admits."""
    accept_order_role, start_execution_role = kit.role("accept_order"), kit.role("start_execution")
    workflow_role = WorkflowRole("order", WorkflowRoleArgs(account=account))
    # What cannot be read; and, since a failed STANDARD execution can be redriven but an EXPRESS one cannot,
    # what the latter had started with.
    keepers = [start_execution_role.arn]
    if settings.workflow.type == "EXPRESS":
        keepers.append(workflow_role.arn)
    queue = WorkQueue(
        "orders",
        WorkQueueArgs(
            sender=lambda queue_arn: iam.admit_role(accept_order_role.arn, "sqs:SendMessage", queue_arn),
            visibility_timeout_seconds=settings.visibility_timeout_seconds,
            max_receive_count=settings.queue.max_receive_count,
            retention_seconds=ORDERS_RETENTION_SECONDS,
            dead_letter_sender=lambda queue_arn: iam.admit_role(keepers, "sqs:SendMessage", queue_arn),
        ),
    )
    return OrdersQueue(
        queue=queue,
        accept_order_role=accept_order_role,
        start_execution_role=start_execution_role,
        workflow_role=workflow_role,
    )


def assemble_intake(
    settings: Settings, kit: FunctionKit, tables: ServiceTables, workflow: OrderWorkflow, orders: OrdersQueue
) -> PythonFunction:
    """Make the function that fills the queue, which is returned, and the one that works it off."""
    queue = orders.queue
    accept_order = kit.within(LONGEST_ANSWER_SECONDS).function(
        "accept_order",
        "Takes an order and puts it on the queue",
        role=orders.accept_order_role,
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
        role=orders.start_execution_role,
        environment={
            "STATE_MACHINE_ARN": workflow.arn,
            "ORDERS_QUEUE_URL": queue.url,
            "ORDERS_DEAD_LETTERS_URL": queue.dead_letters_url,
        },
        statements=[
            iam.allow(["states:StartExecution"], [workflow.arn]),
            iam.allow([*CONSUME_ACTIONS, "sqs:ChangeMessageVisibility"], [queue.arn]),
            iam.allow(["sqs:SendMessage"], [queue.dead_letters_arn]),
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
    return accept_order
