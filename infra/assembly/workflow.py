"""The workflow and the functions of its tasks."""

from __future__ import annotations

import dataclasses

from infra import iam
from infra.account import Account
from infra.assembly.intake import OrdersQueue
from infra.assembly.payments import assemble_payments
from infra.lambdas.factory import FunctionKit
from infra.lambdas.python_function import PythonFunction
from infra.settings import Settings
from infra.storage.tables import ServiceTables
from infra.workflow.role import WorkflowRole, WorkflowRoleArgs
from infra.workflow.state_machine import OrderWorkflow, OrderWorkflowArgs, WorkflowDefaults
from workflow_definitions.express import ExpressParts
from workflow_definitions.order import build_order_workflow, build_release_workflow
from workflow_definitions.tasks import PaymentRetry, TaskFunctions

# How much longer a state waits than its function may run: the function's own error says more than a time-out.
_TASK_MARGIN_SECONDS = 5


def assemble_workflows(
    settings: Settings,
    account: Account,
    kit: FunctionKit,
    tables: ServiceTables,
    inform_client: PythonFunction,
    queue: OrdersQueue,
) -> dict[str, OrderWorkflow]:
    """Make the state machine that saves, pays, updates and tells, and beside an EXPRESS one, `release`."""
    tasks = _tasks(settings, kit, tables, inform_client)
    is_express = settings.workflow.type == "EXPRESS"
    release = _release_workflow(settings, account, kit, tasks) if is_express else None
    express = (
        ExpressParts(release_workflow_arn=release.arn, kept_orders_queue_url=queue.queue.dead_letters_url)
        if release
        else None
    )
    definition = build_order_workflow(
        tasks,
        payment_retry=PaymentRetry(**settings.workflow.effective_payment_retry.model_dump()),
        task_timeout_seconds=_task_timeout_seconds(settings),
        express=express,
    )
    invoked = [getattr(tasks, each.name) for each in dataclasses.fields(tasks)]
    statements = [iam.allow(["lambda:InvokeFunction"], invoked)]
    if express is not None:
        invoked.remove(tasks.release_payment)
        statements = [
            iam.allow(["lambda:InvokeFunction"], invoked),
            iam.allow(["states:StartExecution"], [express.release_workflow_arn]),
            iam.allow(["sqs:SendMessage"], [queue.queue.dead_letters_arn]),
        ]
    order = OrderWorkflow(
        "order",
        OrderWorkflowArgs(
            role=queue.workflow_role,
            definition=definition,
            statements=statements,
            type=settings.workflow.type,
            defaults=_defaults(settings, kit),
        ),
    )
    return {"order": order, **({"release": release} if release else {})}


def _release_workflow(
    settings: Settings, account: Account, kit: FunctionKit, tasks: TaskFunctions
) -> OrderWorkflow:
    return OrderWorkflow(
        "release",
        OrderWorkflowArgs(
            role=WorkflowRole("release", WorkflowRoleArgs(account=account)),
            definition=build_release_workflow(tasks, task_timeout_seconds=_task_timeout_seconds(settings)),
            statements=[iam.allow(["lambda:InvokeFunction"], [tasks.release_payment])],
            type="STANDARD",
            defaults=_defaults(settings, kit),
        ),
    )


def _defaults(settings: Settings, kit: FunctionKit) -> WorkflowDefaults:
    return WorkflowDefaults(
        log_level=settings.workflow.effective_log_level,
        log_execution_data=settings.workflow.log_execution_data,
        log_retention_days=settings.log_retention_days,
        key_arn=kit.defaults.key_arn,
    )


def _task_timeout_seconds(settings: Settings) -> int:
    return settings.functions.timeout_seconds + _TASK_MARGIN_SECONDS


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
    payments = assemble_payments(settings, tables)
    process_payment = kit.function(
        "process_payment",
        "Takes an order's payment",
        environment=payments.environment,
        statements=payments.to_charge,
    )
    release_payment = kit.function(
        "release_payment",
        "Gives back what was taken for an order that failed",
        environment=payments.environment,
        statements=payments.to_release,
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
