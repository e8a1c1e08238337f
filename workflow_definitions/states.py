"""Parts of a state machine in the Amazon States Language, with JSONata."""

from __future__ import annotations

from typing import Any

State = dict[str, Any]

# What Lambda says when the fault is its own, or when the function died or overran: every function of the
# workflow may run again, so all of these are worth another try.
# https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
LAMBDA_TRANSIENT_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
)

# The name of functions.domain.outage.ServiceUnavailable as Lambda reports it; a test holds the two together,
# since this package may not import that one.
SERVICE_UNAVAILABLE = "ServiceUnavailable"

# Of an EXPRESS workflow: any error past its retries leads to where the order is kept.
KEEP_ORDER: dict[str, Any] = {"ErrorEquals": ["States.ALL"], "Next": "KeepOrder"}


def retrier(
    errors: tuple[str, ...],
    *,
    interval_seconds: int,
    max_attempts: int,
    max_delay_seconds: int,
    backoff_rate: float = 2.0,
) -> dict[str, Any]:
    """Return a Retry entry: exponential backoff up to a longest delay, with full jitter."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": interval_seconds,
        "BackoffRate": float(backoff_rate),
        "MaxAttempts": max_attempts,
        "MaxDelaySeconds": max_delay_seconds,
        "JitterStrategy": "FULL",
    }


def transient_retrier(*, max_attempts: int, max_delay_seconds: int) -> dict[str, Any]:
    """Return the Retry entry for transient AWS errors, the same in every state of a workflow."""
    return retrier(
        (*LAMBDA_TRANSIENT_ERRORS, SERVICE_UNAVAILABLE),
        interval_seconds=1,
        max_attempts=max_attempts,
        max_delay_seconds=max_delay_seconds,
    )


def lambda_task(
    function_arn: Any,  # noqa: ANN401 - opaque: a string, or a Pulumi output of one
    invocation_arn: Any,  # noqa: ANN401
    *,
    comment: str,
    payload: str,
    output: str,
    timeout_seconds: int,
    retry: list[dict[str, Any]],
    catch: list[dict[str, Any]] | None = None,
    following: str | None = None,
) -> State:
    """Return a Task state that invokes a function and ends the workflow where nothing follows.

    `payload` and `output` are JSONata expressions without their delimiters.
    """
    state: State = {
        "Type": "Task",
        "Comment": comment,
        "Resource": invocation_arn,
        "Arguments": {"FunctionName": function_arn, "Payload": jsonata(payload)},
        "Output": jsonata(output),
        "TimeoutSeconds": timeout_seconds,
        "Retry": retry,
    }
    if catch:
        state["Catch"] = catch
    return state | ({"Next": following} if following else {"End": True})


def jsonata(expression: str) -> str:
    """Return a JSONata expression as a state machine writes it."""
    return f"{{% {expression} %}}"
