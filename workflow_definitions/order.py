"""The order workflow: save the order, take the payment, update the order, inform the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_definitions.states import State, jsonata, lambda_task, retrier, transient_retrier

# The name of functions.domain.payment.PaymentGatewayUnavailable as Lambda reports it; a test holds the two
# together, since this package may not import that one.
GATEWAY_UNAVAILABLE = "PaymentGatewayUnavailable"
GATEWAY_UNAVAILABLE_REASON = "payment_gateway_unavailable"

_RESULT = "$states.result.Payload"


@dataclass(frozen=True, kw_only=True)
class TaskFunctions:
    """The functions that the states invoke, each by an opaque ARN."""

    save_order: Any
    process_payment: Any
    update_order: Any
    inform_client: Any


@dataclass(frozen=True, kw_only=True)
class PaymentRetry:
    """How long the workflow asks an unavailable gateway again before it gives the payment up."""

    interval_seconds: int
    backoff_rate: float
    max_attempts: int
    max_delay_seconds: int


def build_order_workflow(
    functions: TaskFunctions, *, payment_retry: PaymentRetry, task_timeout_seconds: int
) -> dict[str, Any]:
    """Return the state machine's definition.

    Four task states and no more: each transition of a Standard workflow costs money. The input is the order
    with the SQS message ID and the request ID; from SaveOrder on, the order document itself travels.
    """
    return {
        "Comment": "An order: saved, paid, updated, and its client informed",
        "QueryLanguage": "JSONata",
        "StartAt": "SaveOrder",
        "States": {
            "SaveOrder": _save_order(functions.save_order, task_timeout_seconds),
            "ProcessPayment": _process_payment(
                functions.process_payment, task_timeout_seconds, payment_retry
            ),
            "UpdateOrder": _update_order(functions.update_order, task_timeout_seconds),
            "InformClient": _inform_client(functions.inform_client, task_timeout_seconds),
        },
    }


def _save_order(function_arn: Any, timeout_seconds: int) -> State:  # noqa: ANN401 - opaque; so for all below
    return lambda_task(
        function_arn,
        comment="Store the order with its message ID and request ID; the second time changes nothing",
        payload="$states.input",
        output=_RESULT,
        timeout_seconds=timeout_seconds,
        retry=[transient_retrier()],
        following="ProcessPayment",
    )


def _process_payment(function_arn: Any, timeout_seconds: int, payment_retry: PaymentRetry) -> State:  # noqa: ANN401
    # A declined payment is a result like an approved one. Only a gateway that stays unavailable is caught:
    # the payment has then failed, and the client is told so like any other outcome.
    failed_payment = f"{{'status': 'failed', 'reason': '{GATEWAY_UNAVAILABLE_REASON}'}}"
    return lambda_task(
        function_arn,
        comment="Take the payment, with the request ID as the gateway's idempotency key",
        payload="$merge([$states.input, {'attempt': $states.context.State.RetryCount}])",
        output=f"$merge([$states.input, {{'payment': {_RESULT}}}])",
        timeout_seconds=timeout_seconds,
        retry=[
            retrier(
                (GATEWAY_UNAVAILABLE,),
                interval_seconds=payment_retry.interval_seconds,
                backoff_rate=payment_retry.backoff_rate,
                max_attempts=payment_retry.max_attempts,
                max_delay_seconds=payment_retry.max_delay_seconds,
            ),
            transient_retrier(),
        ],
        catch=[
            {
                "ErrorEquals": [GATEWAY_UNAVAILABLE],
                "Output": jsonata(f"$merge([$states.input, {{'payment': {failed_payment}}}])"),
                "Next": "UpdateOrder",
            }
        ],
        following="UpdateOrder",
    )


def _update_order(function_arn: Any, timeout_seconds: int) -> State:  # noqa: ANN401
    return lambda_task(
        function_arn,
        comment="Write the payment's result on the order; the second time changes nothing",
        payload="$states.input",
        output=_RESULT,
        timeout_seconds=timeout_seconds,
        retry=[transient_retrier()],
        following="InformClient",
    )


def _inform_client(function_arn: Any, timeout_seconds: int) -> State:  # noqa: ANN401
    return lambda_task(
        function_arn,
        comment="Publish the outcome to the client's webhooks, always under the same event ID",
        payload="$states.input",
        output=_RESULT,
        timeout_seconds=timeout_seconds,
        retry=[transient_retrier()],
    )
