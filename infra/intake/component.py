"""From the API to the workflow: the function that accepts an order, and the one that starts its execution."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.access import Grant
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.lambdas.queue_mapping import consume
from infra.table import Table
from infra.work_queue import WorkQueue


@dataclass(frozen=True, kw_only=True)
class IntakeArgs:
    """What the intake needs."""

    factory: FunctionFactory
    orders_queue: WorkQueue
    idempotency: Table
    api_auth: str
    idempotency_key_ttl_hours: int
    state_machine_arn: pulumi.Input[str]
    grant_start: Grant
    """Of the state machine: lets `start_execution` start an order's execution."""
    batch_size: int
    max_concurrency: int


class Intake(pulumi.ComponentResource):
    """The functions at both ends of the orders' queue."""

    def __init__(self, name: str, args: IntakeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:intake:Intake", name, {}, opts)
        self.accept_order = self._accept_order(args)
        start_execution = self._start_execution(args)
        consume(
            args.orders_queue.messages,
            start_execution,
            batch_size=args.batch_size,
            max_concurrency=args.max_concurrency,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.functions = (self.accept_order, start_execution)
        self.routes = {"POST /orders": self.accept_order}
        self.register_outputs({})

    def _accept_order(self, args: IntakeArgs) -> PythonFunction:
        orders = args.orders_queue.messages
        return args.factory.make(
            "accept_order",
            "Takes an order and puts it on the queue",
            parent=self,
            environment={
                "API_AUTH": args.api_auth,
                "ORDERS_QUEUE_URL": orders.url,
                "IDEMPOTENCY_TABLE_NAME": args.idempotency.name,
                "IDEMPOTENCY_KEY_TTL_HOURS": str(args.idempotency_key_ttl_hours),
            },
            grants=[
                orders.grant_send,
                args.idempotency.grant_put,
                args.idempotency.grant_get,
                args.idempotency.grant_update,
            ],
            behind_api=True,
        )

    def _start_execution(self, args: IntakeArgs) -> PythonFunction:
        orders = args.orders_queue
        return args.factory.make(
            "start_execution",
            "Starts the workflow for each order on the queue",
            parent=self,
            environment={
                "STATE_MACHINE_ARN": args.state_machine_arn,
                "ORDERS_QUEUE_URL": orders.messages.url,
                "ORDERS_DEAD_LETTERS_URL": orders.dead_letters.url,
            },
            # What cannot be read as an order is dead-lettered at once.
            grants=[args.grant_start, orders.messages.grant_consume, orders.dead_letters.grant_send],
        )
