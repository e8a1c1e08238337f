"""The workflow and the functions of its tasks."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.access import Grant
from infra.account import Account
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.naming import WORKFLOWS
from infra.settings.workflow import PaymentSettings, WorkflowSettings
from infra.table import Table
from infra.work_queue import Queue
from infra.workflow.payments import make_payment_functions
from infra.workflow.state_machine import WorkflowDefaults, WorkflowMachine, WorkflowMachineArgs
from workflow_definitions.express import ExpressParts
from workflow_definitions.order import build_order_workflow, build_release_workflow
from workflow_definitions.tasks import PaymentRetry, TaskFunctions

_ORDER, _RELEASE = WORKFLOWS
# How much longer a state waits than its function may run: the function's own error says more than a time-out.
_TASK_MARGIN_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class OrderWorkflowsArgs:
    """What the workflows need."""

    account: Account
    factory: FunctionFactory
    orders: Table
    order_ttl_days: int
    inform_client: PythonFunction
    orders_dead_letters: Queue
    """Keeps what a failed EXPRESS execution had started with; a STANDARD one can be redriven."""
    settings: WorkflowSettings
    payment: PaymentSettings
    stripe_api_key: pulumi.Input[str] | None
    log_retention_days: int
    tracing: bool
    """Whether X-Ray traces the executions."""
    key_arn: pulumi.Input[str] | None


class OrderWorkflows(pulumi.ComponentResource):
    """The state machine that saves, pays, updates and informs, and beside an EXPRESS one, `release`."""

    def __init__(
        self, name: str, args: OrderWorkflowsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:workflow:OrderWorkflows", name, {}, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._task_timeout_seconds = args.factory.timeout_seconds + _TASK_MARGIN_SECONDS
        process_payment, release_payment = make_payment_functions(
            args.factory, args.orders, args.payment, args.stripe_api_key, args.key_arn, parent=self
        )
        save_order, update_order = self._order_functions()
        steps = (save_order, process_payment, update_order)
        self.functions = (*steps, release_payment)
        tasks = TaskFunctions(
            save_order=save_order.arn,
            process_payment=process_payment.arn,
            release_payment=release_payment.arn,
            update_order=update_order.arn,
            inform_client=args.inform_client.arn,
            invocation=args.account.integration("lambda:invoke"),
        )
        # A STANDARD workflow releases payments in its own states.
        self.release: WorkflowMachine | None = None
        if args.settings.type == "EXPRESS":
            self.release = self._release_machine(tasks, release_payment)
            self.order = self._express_machine(tasks, [*steps, args.inform_client], self.release)
        else:
            self.order = self._order_machine(
                tasks, [each.grant_invoke for each in (*self.functions, args.inform_client)]
            )
        self.by_name = {_ORDER: self.order, **({_RELEASE: self.release} if self.release else {})}
        self.register_outputs({"order_arn": self.order.arn})

    def _order_functions(self) -> tuple[PythonFunction, PythonFunction]:
        orders = self._args.orders
        save_order = self._args.factory.make(
            "save_order",
            "Stores an accepted order",
            parent=self,
            environment={
                "ORDERS_TABLE_NAME": orders.name,
                "ORDER_TTL_DAYS": str(self._args.order_ttl_days),
            },
            grants=[orders.grant_put, orders.grant_get],
        )
        update_order = self._args.factory.make(
            "update_order",
            "Writes a payment's result on its order",
            parent=self,
            environment={"ORDERS_TABLE_NAME": orders.name},
            grants=[orders.grant_update, orders.grant_get],
        )
        return save_order, update_order

    def _express_machine(
        self, tasks: TaskFunctions, invoked: list[PythonFunction], release: WorkflowMachine
    ) -> WorkflowMachine:
        dead_letters = self._args.orders_dead_letters
        return self._order_machine(
            tasks,
            [*(each.grant_invoke for each in invoked), release.grant_start, dead_letters.grant_send],
            ExpressParts(
                release_workflow_arn=release.arn,
                kept_orders_queue_url=dead_letters.url,
                start_execution=self._args.account.integration("states:startExecution"),
                send_message=self._args.account.integration("sqs:sendMessage"),
            ),
        )

    def _order_machine(
        self, tasks: TaskFunctions, grants: list[Grant], express: ExpressParts | None = None
    ) -> WorkflowMachine:
        settings = self._args.settings
        return WorkflowMachine(
            _ORDER,
            WorkflowMachineArgs(
                definition=build_order_workflow(
                    tasks,
                    payment_retry=PaymentRetry(**settings.effective_payment_retry.model_dump()),
                    task_timeout_seconds=self._task_timeout_seconds,
                    express=express,
                ),
                grants=grants,
                type=settings.type,
                defaults=self._defaults(),
            ),
            self._child,
        )

    def _release_machine(self, tasks: TaskFunctions, release_payment: PythonFunction) -> WorkflowMachine:
        return WorkflowMachine(
            _RELEASE,
            WorkflowMachineArgs(
                definition=build_release_workflow(tasks, task_timeout_seconds=self._task_timeout_seconds),
                grants=[release_payment.grant_invoke],
                type="STANDARD",
                defaults=self._defaults(),
            ),
            self._child,
        )

    def _defaults(self) -> WorkflowDefaults:
        return WorkflowDefaults(
            account=self._args.account,
            log_level=self._args.settings.effective_log_level,
            log_execution_data=self._args.settings.log_execution_data,
            log_retention_days=self._args.log_retention_days,
            tracing=self._args.tracing,
            key_arn=self._args.key_arn,
        )
