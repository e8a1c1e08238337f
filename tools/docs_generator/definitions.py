"""The workflow definitions as a stack deploys them, with function names in place of ARNs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

from infra.settings import Settings
from workflow_definitions.express import ExpressParts
from workflow_definitions.order import build_order_workflow, build_release_workflow
from workflow_definitions.tasks import PaymentRetry, TaskFunctions

# The pages do not show it. A test compares what they show with the program's own definition.
_TASK_TIMEOUT_SECONDS = 60


def order_definition(type_: Literal["STANDARD", "EXPRESS"]) -> Mapping[str, Any]:
    """Return the order workflow of a type, with the default retries."""
    settings = Settings.model_validate({"workflow": {"type": type_}})
    express = ExpressParts(
        release_workflow_arn="release",
        kept_orders_queue_url="orders-dead-letters",
        start_execution="states:startExecution",
        send_message="sqs:sendMessage",
    )
    return build_order_workflow(
        _functions(),
        payment_retry=PaymentRetry(**settings.workflow.effective_payment_retry.model_dump()),
        task_timeout_seconds=_TASK_TIMEOUT_SECONDS,
        express=express if type_ == "EXPRESS" else None,
    )


def release_definition() -> Mapping[str, Any]:
    """Return the workflow that releases payments for an EXPRESS order workflow."""
    return build_release_workflow(_functions(), task_timeout_seconds=_TASK_TIMEOUT_SECONDS)


def _functions() -> TaskFunctions:
    names = {each.name: each.name for each in dataclasses.fields(TaskFunctions)}
    return TaskFunctions(**names | {"invocation": "arn:aws:states:::lambda:invoke"})
