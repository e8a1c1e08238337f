"""From the API to the workflow: the function that answers, the queue, and the function that starts."""

from __future__ import annotations

from dataclasses import dataclass

from infra import iam
from infra.function_kit import FunctionKit
from infra.order_workflow import OrderWorkflow
from infra.python_function import PythonFunction
from infra.queue_consumer import CONSUME_ACTIONS, QueueConsumer, QueueConsumerArgs
from infra.service_tables import ServiceTables
from infra.settings import Settings
from infra.work_queue import WorkQueue, WorkQueueArgs


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What the rest of the stack needs of the intake."""

    queue: WorkQueue
    accept_order: PythonFunction


def assemble_intake(
    settings: Settings, kit: FunctionKit, tables: ServiceTables, workflow: OrderWorkflow
) -> Intake:
    """Make the queue with the one function that fills it and the one that works it off."""
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
    return Intake(queue=queue, accept_order=accept_order)
