"""The workflow's first step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.orders_table import OrdersTable
from functions.adapters.outages import naming_outages
from functions.domain.execution import ExecutionInput
from functions.domain.instant import now
from functions.domain.order import new_order
from functions.environment import SaveOrderEnvironment
from functions.handlers.invocation import observe


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Store the order as pending and return it; where it is stored already, return what is stored."""
    settings = environment.read(SaveOrderEnvironment)
    start = ExecutionInput.model_validate(event)
    ids = {"request_id": start.request_id, "message_id": start.message_id, "client_id": start.client_id}
    with observe("save_order", context, **ids) as line, naming_outages():
        days = settings.order_ttl_days
        expires_at = int((now() + timedelta(days=days)).timestamp()) if days else None
        order = new_order(start.order, created_at=start.received_at, expires_at=expires_at, **ids)
        stored = OrdersTable(aws.dynamodb(), settings.orders_table_name).create(order)
        line["outcome"] = "created" if stored == order else "created_before"
    return stored.document()
