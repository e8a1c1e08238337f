"""The order workflow, from the queue's side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.domain.execution import ExecutionInput, execution_name

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class OrderWorkflow:
    """Starts executions, at most one for an order."""

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, execution_input: ExecutionInput) -> bool:
        """Start the order's execution; return False where it was started before.

        The name is what makes it so: Step Functions keeps the names of a Standard state machine's
        executions for 90 days, far longer than the queue keeps a message.
        """
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine_arn,
                name=execution_name(execution_input.request_id),
                input=json.dumps(execution_input.document(), separators=(",", ":"), ensure_ascii=False),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True
