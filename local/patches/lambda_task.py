"""A throttled task fails with Lambda's error, and a function's result is not parsed."""

from __future__ import annotations

import json

from ministack.services import lambda_svc, stepfunctions

from local.patches.patch import Patch


def call_lambda(function_reference: str, event: object) -> object:
    """Invoke a function for a task; raise its error under the name that Step Functions gives it."""
    func, config, name = lambda_svc._get_func_record_for_ref(function_reference)
    if not func or not config:
        raise stepfunctions._ExecutionError("Lambda.ResourceNotFoundException", f"Function not found: {name}")
    record = lambda_svc._execution_record_for_config(func, config)
    result = lambda_svc._execute_function_with_config_scope(record, event)
    body = result.get("body")
    if result.get("throttle"):
        raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", body["message"])
    if result.get("error"):
        raise stepfunctions._ExecutionError(body.get("errorType", "Lambda.Unknown"), json.dumps(body))
    return body


PATCHES = (
    Patch(
        fault=(
            "A throttled task fails with Lambda.Unknown, and a string result that looks like JSON arrives "
            "parsed. Step Functions says Lambda.TooManyRequestsException, and leaves a string a string."
        ),
        module="ministack.services.stepfunctions",
        attribute="_call_lambda",
        source_sha256="25830369b12636da09a4e4650489842a507f43aa952b5186a47458ff6f3c47d5",
        replacement=call_lambda,
    ),
)
