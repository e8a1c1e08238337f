"""The order workflow: save the order, take the payment, update the order, inform the client."""

from __future__ import annotations

from typing import Any

from workflow_definitions.express import ExpressParts, keep_order, order_kept, start_release
from workflow_definitions.tasks import OrderTasks, PaymentRetry, TaskFunctions

# A failed order's money is given back however long the gateway is away: about three days, hour by hour.
_RELEASE_RETRY = PaymentRetry(interval_seconds=60, backoff_rate=2.0, max_attempts=80, max_delay_seconds=3_600)
# Twice as long as every wait that is planned: whatever lasts longer hangs, and somebody must hear of it.
_LONGEST_EXECUTION_SECONDS = 7 * 24 * 60 * 60


def build_order_workflow(
    functions: TaskFunctions,
    *,
    payment_retry: PaymentRetry,
    task_timeout_seconds: int,
    express: ExpressParts | None = None,
) -> dict[str, Any]:
    """Return the state machine's definition.

    Four task states on an order's way and no more: each transition of a Standard workflow costs money. The
    input is the order with the SQS message ID and the request ID; from SaveOrder on, the order document
    itself travels. Only if the gateway never answered are there other states: the order fails, the client is
    notified, and then the payment is released, since an unanswered attempt may have been charged.

    With `express`, the release is another workflow's, and whatever fails leaves the execution's input on a
    queue, from where it can be started again.
    """
    tasks = OrderTasks(functions, task_timeout_seconds, keeps_failures=express is not None)
    release = tasks.release_payment(_RELEASE_RETRY) if express is None else start_release(express)
    # AWS ends an EXPRESS execution after five minutes.
    limit = {"TimeoutSeconds": _LONGEST_EXECUTION_SECONDS} if express is None else {}
    kept = {} if express is None else {"KeepOrder": keep_order(express), "OrderKept": order_kept()}
    return {
        "Comment": "An order: saved, paid, updated, and its client informed",
        "QueryLanguage": "JSONata",
        **limit,
        "StartAt": "SaveOrder",
        "States": {
            "SaveOrder": tasks.save_order(following="ProcessPayment"),
            "ProcessPayment": tasks.process_payment(
                payment_retry, following="UpdateOrder", unavailable="FailOrder"
            ),
            "UpdateOrder": tasks.update_order(following="InformClient"),
            "InformClient": tasks.inform_client(),
            "FailOrder": tasks.update_order(following="InformOfFailure"),
            "InformOfFailure": tasks.inform_client(output="$states.input", following="ReleasePayment"),
            "ReleasePayment": release,
            **kept,
        },
    }


def build_release_workflow(functions: TaskFunctions, *, task_timeout_seconds: int) -> dict[str, Any]:
    """Return the definition of the workflow that releases a payment on behalf of an EXPRESS one."""
    return {
        "Comment": "Give back what was taken for an order that failed",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": _LONGEST_EXECUTION_SECONDS,
        "StartAt": "ReleasePayment",
        "States": {
            "ReleasePayment": OrderTasks(functions, task_timeout_seconds).release_payment(_RELEASE_RETRY)
        },
    }
