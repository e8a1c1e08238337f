"""What an EXPRESS workflow has beside its tasks, since it ends after five minutes and has no redrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_definitions.states import KEEP_ORDER, State, jsonata, retrier


@dataclass(frozen=True, kw_only=True)
class ExpressParts:
    """Where the workflow turns with what it cannot do itself; opaque."""

    release_workflow_arn: Any
    """The STANDARD workflow that releases a payment for as long as it takes."""
    kept_orders_queue_url: Any
    """The queue that keeps what a failed execution had started with."""
    start_execution: Any
    """The ARN of the integration `states:startExecution`, which has the account's partition."""
    send_message: Any
    """The ARN of the integration `sqs:sendMessage`."""


def start_release(express: ExpressParts) -> State:
    """Return the state that leaves a release to a workflow that may take days."""
    # Without a name: releasing twice does no harm, while a name that was used before would be an error.
    return {
        "Type": "Task",
        "Comment": "Leave it to a workflow that may take days",
        "Resource": express.start_execution,
        "Arguments": {
            "StateMachineArn": express.release_workflow_arn,
            "Input": jsonata("$states.input"),
        },
        "Retry": [_any_error_retrier()],
        "Catch": [KEEP_ORDER],
        "End": True,
    }


def keep_order(express: ExpressParts) -> State:
    """Return the state that saves what a failed execution had started with."""
    return {
        "Type": "Task",
        "Comment": "Keep what the execution started with, so that nothing is lost with it",
        "Resource": express.send_message,
        "Arguments": {
            "QueueUrl": express.kept_orders_queue_url,
            "MessageBody": jsonata("$string($states.context.Execution.Input)"),
        },
        "Retry": [_any_error_retrier()],
        "Next": "OrderKept",
    }


def order_kept() -> State:
    """Return the state that ends an execution whose order has been saved."""
    return {
        "Type": "Fail",
        "Error": "OrderKept",
        "Cause": "A state failed past its retries; the order is on the dead-letter queue and can be redriven",
    }


def _any_error_retrier() -> dict[str, Any]:
    return retrier(("States.ALL",), interval_seconds=1, max_attempts=5, max_delay_seconds=10)
