"""The workflow's first step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.domain.instant import now
from functions.domain.log_record import LogField, Outcome
from functions.domain.order import new_order
from functions.runtime.task_function import Task, task_function


@dataclass(frozen=True, kw_only=True)
class Environment:  # noqa: D101
    orders_table_name: str
    order_ttl_days: int


@task_function(Environment, prepare=lambda _: aws.dynamodb())
def handle(task: Task, environment: Environment) -> dict[str, Any]:
    """Store the order as pending and return it; where it is stored already, return what is stored."""
    start = task.input
    days = environment.order_ttl_days
    order = new_order(
        start["order"],
        request_id=start["request_id"],
        message_id=start["message_id"],
        client_id=start["client_id"],
        created_at=start["received_at"],
        expires_at=int((now() + timedelta(days=days)).timestamp()) if days else None,
    )
    stored = OrdersTable(aws.dynamodb(), environment.orders_table_name).create(order)
    task.log_fields[LogField.OUTCOME] = Outcome.CREATED if stored == order else Outcome.CREATED_BEFORE
    return stored.document()
