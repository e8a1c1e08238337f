"""The workflow and the functions of its tasks."""

from __future__ import annotations

import dataclasses

from infra import iam
from infra.account import Account
from infra.function_kit import FunctionKit
from infra.order_workflow import OrderWorkflow, OrderWorkflowArgs
from infra.python_function import PythonFunction
from infra.service_tables import ServiceTables
from infra.settings import Settings
from workflow_definitions.order import PaymentRetry, TaskFunctions, build_order_workflow

# How much longer a state waits than its function may run: the function's own error says more than a time-out.
_TASK_MARGIN_SECONDS = 5


def assemble_workflow(
    settings: Settings,
    account: Account,
    kit: FunctionKit,
    tables: ServiceTables,
    inform_client: PythonFunction,
) -> OrderWorkflow:
    """Make the state machine that saves, pays, updates and tells."""
    tasks = _tasks(settings, kit, tables, inform_client)
    return OrderWorkflow(
        "order",
        OrderWorkflowArgs(
            account=account,
            definition=build_order_workflow(
                tasks,
                payment_retry=PaymentRetry(**settings.workflow.payment_retry.model_dump()),
                task_timeout_seconds=settings.functions.timeout_seconds + _TASK_MARGIN_SECONDS,
            ),
            function_arns=[getattr(tasks, each.name) for each in dataclasses.fields(tasks)],
            type=settings.workflow.type,
            log_level=settings.workflow.log_level,
            log_execution_data=settings.workflow.log_execution_data,
            log_retention_days=settings.log_retention_days,
        ),
    )


def _tasks(
    settings: Settings, kit: FunctionKit, tables: ServiceTables, inform_client: PythonFunction
) -> TaskFunctions:
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
    release_payment = kit.function(
        "release_payment",
        "Gives back what was taken for an order that failed",
        environment={"PAYMENT_PROVIDER": settings.payment.provider},
    )
    update_order = kit.function(
        "update_order",
        "Writes a payment's result on its order",
        environment=on_orders,
        statements=[iam.allow(["dynamodb:UpdateItem", "dynamodb:GetItem"], [tables.orders_arn])],
    )
    return TaskFunctions(
        save_order=save_order.arn,
        process_payment=process_payment.arn,
        release_payment=release_payment.arn,
        update_order=update_order.arn,
        inform_client=inform_client.arn,
    )
