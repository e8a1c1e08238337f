"""The order workflow, from the queue's side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.domain.execution import execution_name

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def start_order(client: SFNClient, state_machine_arn: str, execution_input: Mapping[str, Any]) -> bool:
    """Start an order's execution; return False where it was started before.

    The name is what makes it so: Step Functions keeps the names of a Standard state machine's executions for
    90 days, far longer than the queue keeps a message.
    """
    try:
        client.start_execution(
            stateMachineArn=state_machine_arn,
            name=execution_name(execution_input["request_id"]),
            input=json.dumps(execution_input, separators=(",", ":"), ensure_ascii=False),
        )
    except client.exceptions.ExecutionAlreadyExists:
        return False
    return True
