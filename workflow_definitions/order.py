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
    release_payment: Any
    update_order: Any
    inform_client: Any


@dataclass(frozen=True, kw_only=True)
class PaymentRetry:
    """How long the workflow asks an unavailable gateway again before it gives the payment up."""

    interval_seconds: int
    backoff_rate: float
    max_attempts: int
    max_delay_seconds: int


# A failed order's money is given back however long the gateway is away: about three days, hour by hour.
_RELEASE_RETRY = PaymentRetry(interval_seconds=60, backoff_rate=2.0, max_attempts=80, max_delay_seconds=3_600)


def build_order_workflow(
    functions: TaskFunctions, *, payment_retry: PaymentRetry, task_timeout_seconds: int
) -> dict[str, Any]:
    """Return the state machine's definition.

    Four task states on an order's way and no more: each transition of a Standard workflow costs money. The
    input is the order with the SQS message ID and the request ID; from SaveOrder on, the order document
    itself travels. Only where the gateway never answered does the way have other states: the order fails,
    the client is told, and then the payment is released, since an unanswered attempt may have been charged.
    """
    builder = _Builder(functions, task_timeout_seconds)
    return {
        "Comment": "An order: saved, paid, updated, and its client informed",
        "QueryLanguage": "JSONata",
        "StartAt": "SaveOrder",
        "States": {
            "SaveOrder": builder.save_order(following="ProcessPayment"),
            "ProcessPayment": builder.process_payment(
                payment_retry, following="UpdateOrder", unavailable="FailOrder"
            ),
            "UpdateOrder": builder.update_order(following="InformClient"),
            "InformClient": builder.inform_client(),
            "FailOrder": builder.update_order(following="InformOfFailure"),
            "InformOfFailure": builder.inform_client(output="$states.input", following="ReleasePayment"),
            "ReleasePayment": builder.release_payment(_RELEASE_RETRY),
        },
    }


class _Builder:
    def __init__(self, functions: TaskFunctions, timeout_seconds: int) -> None:
        self._functions = functions
        self._timeout_seconds = timeout_seconds

    def save_order(self, *, following: str) -> State:
        return self._task(
            self._functions.save_order,
            "Store the order with its message ID and request ID; the second time changes nothing",
            following=following,
        )

    def process_payment(self, retry: PaymentRetry, *, following: str, unavailable: str) -> State:
        # A declined payment is a result like an approved one. Only a gateway that stays unavailable is
        # caught: the payment has then failed, and the client is told so like any other outcome.
        failed = f"{{'status': 'failed', 'reason': '{GATEWAY_UNAVAILABLE_REASON}'}}"
        return self._task(
            self._functions.process_payment,
            "Take the payment, with the request ID as the gateway's idempotency key",
            payload="$merge([$states.input, {'attempt': $states.context.State.RetryCount}])",
            output=f"$merge([$states.input, {{'payment': {_RESULT}}}])",
            retry=[_gateway_retrier(retry)],
            catch=[
                {
                    "ErrorEquals": [GATEWAY_UNAVAILABLE],
                    "Output": jsonata(f"$merge([$states.input, {{'payment': {failed}}}])"),
                    "Next": unavailable,
                }
            ],
            following=following,
        )

    def update_order(self, *, following: str) -> State:
        return self._task(
            self._functions.update_order,
            "Write the payment's result on the order; the second time changes nothing",
            following=following,
        )

    def inform_client(self, *, output: str = _RESULT, following: str | None = None) -> State:
        return self._task(
            self._functions.inform_client,
            "Publish the outcome to the client's webhooks, always under the same event ID",
            output=output,
            following=following,
        )

    def release_payment(self, retry: PaymentRetry) -> State:
        return self._task(
            self._functions.release_payment,
            "Give back what an unanswered attempt may have taken",
            retry=[_gateway_retrier(retry)],
        )

    def _task(
        self,
        function_arn: Any,  # noqa: ANN401 - opaque
        comment: str,
        *,
        payload: str = "$states.input",
        output: str = _RESULT,
        retry: list[dict[str, Any]] | None = None,
        catch: list[dict[str, Any]] | None = None,
        following: str | None = None,
    ) -> State:
        return lambda_task(
            function_arn,
            comment=comment,
            payload=payload,
            output=output,
            timeout_seconds=self._timeout_seconds,
            retry=[*(retry or []), transient_retrier()],
            catch=catch,
            following=following,
        )


def _gateway_retrier(retry: PaymentRetry) -> dict[str, Any]:
    return retrier(
        (GATEWAY_UNAVAILABLE,),
        interval_seconds=retry.interval_seconds,
        backoff_rate=retry.backoff_rate,
        max_attempts=retry.max_attempts,
        max_delay_seconds=retry.max_delay_seconds,
    )
