"""The task states of the order workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_definitions.states import (
    KEEP_ORDER,
    LAMBDA_TRANSIENT_ERRORS,
    SERVICE_UNAVAILABLE,
    State,
    jsonata,
    retrier,
)

# The name of functions.domain.payment.PaymentGatewayUnavailable as Lambda reports it; a test holds the two
# together, since this package may not import that one.
GATEWAY_UNAVAILABLE = "PaymentGatewayUnavailable"
GATEWAY_UNAVAILABLE_REASON = "payment_gateway_unavailable"

_RESULT = "$states.result.Payload"


@dataclass(frozen=True, kw_only=True)
class TaskFunctions:
    """The functions that the states invoke, each by an opaque ARN, and the integration that invokes them."""

    save_order: Any
    process_payment: Any
    release_payment: Any
    update_order: Any
    inform_client: Any
    invocation: Any
    """The ARN of `lambda:invoke`, which has the account's partition."""


@dataclass(frozen=True, kw_only=True)
class PaymentRetry:
    """How long the workflow asks an unavailable gateway again before it gives the payment up."""

    interval_seconds: int
    backoff_rate: float
    max_attempts: int
    max_delay_seconds: int


class OrderTasks:
    """Builds each task state; with `keeps_failures` whatever fails in one leads to `KeepOrder`."""

    def __init__(
        self, functions: TaskFunctions, timeout_seconds: int, *, keeps_failures: bool = False
    ) -> None:
        self._functions = functions
        self._timeout_seconds = timeout_seconds
        self._keeps_failures = keeps_failures

    def save_order(self, *, following: str) -> State:
        """Return the state that stores the order."""
        return self._task(
            self._functions.save_order,
            "Store the order with its message ID and request ID; the second time changes nothing",
            following=following,
        )

    def process_payment(self, retry: PaymentRetry, *, following: str, unavailable: str) -> State:
        """Return the state that takes the payment, and where it leads when the gateway never answers."""
        # A declined payment is a result like an approved one. Only a gateway that stays unavailable is
        # caught: the payment has then failed, and the client is notified as of any other outcome.
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
        """Return the state that writes the payment's result on the order."""
        return self._task(
            self._functions.update_order,
            "Write the payment's result on the order; the second time changes nothing",
            following=following,
        )

    def inform_client(self, *, output: str = _RESULT, following: str | None = None) -> State:
        """Return the state that publishes the outcome."""
        return self._task(
            self._functions.inform_client,
            "Publish the outcome to the client's webhooks, always under the same event ID",
            output=output,
            following=following,
        )

    def release_payment(self, retry: PaymentRetry) -> State:
        """Return the state that gives back what may have been taken."""
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
        """Return the state that invokes a function and ends the workflow where nothing follows.

        `payload` and `output` are JSONata expressions without their delimiters.
        """
        state: State = {
            "Type": "Task",
            "Comment": comment,
            "Resource": self._functions.invocation,
            "Arguments": {"FunctionName": function_arn, "Payload": jsonata(payload)},
            "Output": jsonata(output),
            "TimeoutSeconds": self._timeout_seconds,
            "Retry": [*(retry or []), self._transient_retrier()],
        }
        catchers = [*(catch or []), *([KEEP_ORDER] if self._keeps_failures else [])]
        if catchers:
            state["Catch"] = catchers
        return state | ({"Next": following} if following else {"End": True})

    def _transient_retrier(self) -> dict[str, Any]:
        """Return the Retry entry for transient AWS errors, the same in every state of a workflow.

        It takes a quarter of an hour at most: what DynamoDB throttles for that long is an operator's matter.
        In an EXPRESS execution, which has five minutes in all and can be started again from its queue, it
        takes a minute.
        """
        return retrier(
            (*LAMBDA_TRANSIENT_ERRORS, SERVICE_UNAVAILABLE),
            interval_seconds=1,
            max_attempts=6 if self._keeps_failures else 20,
            max_delay_seconds=30 if self._keeps_failures else 60,
        )


def _gateway_retrier(retry: PaymentRetry) -> dict[str, Any]:
    return retrier(
        (GATEWAY_UNAVAILABLE,),
        interval_seconds=retry.interval_seconds,
        backoff_rate=retry.backoff_rate,
        max_attempts=retry.max_attempts,
        max_delay_seconds=retry.max_delay_seconds,
    )
