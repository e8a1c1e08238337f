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


def jsonata(expression: str) -> str:
    """Return a JSONata expression as a state machine writes it."""
    return f"{{% {expression} %}}"
