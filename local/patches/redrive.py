"""A failed execution can be redriven: it continues at the failed state, with that state's input."""

from __future__ import annotations

import contextvars
import json
import threading
from typing import Any

from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import stepfunctions

from local.patches.patch import Patch

Execution = dict[str, Any]

# https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
_UNSUCCESSFUL = ("FAILED", "TIMED_OUT", "ABORTED")
_WITHOUT_TASK = {"Pass", "Choice", "Wait"}

_handle = stepfunctions.handle_request
_describe = stepfunctions._describe_execution
_redriving = threading.Lock()


async def handle_request(method: str, path: str, headers: Any, body: Any, query_params: Any) -> Any:  # noqa: ANN401
    """Handle RedriveExecution; the emulator handles every other request."""
    if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
        return stepfunctions._finalize_response(redrive_execution(json.loads(body)))
    return await _handle(method, path, headers, body, query_params)


def redrive_execution(data: dict[str, Any]) -> Any:  # noqa: ANN401 - the emulator's own response
    """Continue an unsuccessful execution at the failed state; its history continues.

    Variables of JSONata are not restored: a machine that assigns any is refused.
    """
    arn = data.get("executionArn", "")
    with _redriving:
        execution = stepfunctions._executions.get(arn)
        if execution is None:
            return error_response_json("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'", 400)
        refused = _why_not(execution)
        if refused:
            return error_response_json("ExecutionNotRedrivable", refused, 400)
        redriven_at = now_iso()
        count = execution.get("redriveCount", 0) + 1
        execution.pop("error", None)
        execution.pop("cause", None)
        execution |= {"status": "RUNNING", "stopDate": None, "output": None}
        execution |= {"redriveCount": count, "redriveDate": redriven_at}
        details = {"executionRedrivenEventDetails": {"redriveCount": count}}
        stepfunctions._add_event(execution, "ExecutionRedriven", details)
    stepfunctions._emit_execution_status_event(execution)
    # The thread acts for the account and region of this request.
    threading.Thread(target=contextvars.copy_context().run, args=(_resume, execution), daemon=True).start()
    return json_response({"redriveDate": redriven_at})


def describe_execution(data: dict[str, Any]) -> Any:  # noqa: ANN401 - the emulator's own response
    """Describe an execution, with how often it was redriven and whether it can be."""
    status, headers, body = _describe(data)
    execution = stepfunctions._executions.get(data.get("executionArn"))
    if execution is None or _is_express(execution):
        return status, headers, body
    refused = _why_not(execution)
    described = {
        **json.loads(body),
        "redriveCount": execution.get("redriveCount", 0),
        "redriveStatus": "NOT_REDRIVABLE" if refused else "REDRIVABLE",
        **({"redriveStatusReason": refused} if refused else {}),
        **({"redriveDate": execution["redriveDate"]} if execution.get("redriveDate") else {}),
    }
    return json_response(described)


def _why_not(execution: Execution) -> str:
    if _is_express(execution):
        return "Redrive is not supported for EXPRESS executions"
    if execution["status"] not in _UNSUCCESSFUL:
        return f"Execution is {execution['status']} and cannot be redriven"
    if _last_entered(execution) is None:
        return "No state was entered"
    definition = stepfunctions._state_machines[execution["stateMachineArn"]]["definition"]
    return "The patch restores no variables" if '"Assign"' in definition else ""


def _is_express(execution: Execution) -> bool:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
    return machine is not None and machine.get("type") == "EXPRESS"


def _last_entered(execution: Execution) -> dict[str, Any] | None:
    entered = (event for event in reversed(execution["events"]) if event["type"].endswith("StateEntered"))
    return next((event["stateEnteredEventDetails"] for event in entered), None)


def _resume(execution: Execution) -> None:
    """Continue at the state that was entered last, as `_run_execution` continues with the next state."""
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    definition = json.loads(machine["definition"])
    context: dict[str, Any] = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": json.loads(execution["input"]),
            "Name": execution["name"],
            "StartTime": execution["startDate"],
            "RedriveCount": execution["redriveCount"],
            "RedriveTime": execution["redriveDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": {},
    }
    try:
        output = _walk(execution, definition["States"], context)
    except stepfunctions._ExecutionError as error:
        stepfunctions._fail_execution(execution, error.error, error.cause)
        return
    if execution["status"] == "RUNNING":
        execution |= {"status": "SUCCEEDED", "output": output, "stopDate": now_iso()}
        details = {"executionSucceededEventDetails": {"output": output}}
        stepfunctions._add_event(execution, "ExecutionSucceeded", details)
        stepfunctions._emit_execution_status_event(execution)


def _walk(execution: Execution, states: dict[str, Any], context: dict[str, Any]) -> str:
    entered = _last_entered(execution) or {}
    name, value = entered["name"], json.loads(entered["input"])
    is_first = True
    while name and execution["status"] == "RUNNING":
        state = states[name]
        kind = state["Type"]
        context["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
        # The state that failed was entered once: what is redriven is its task.
        if not is_first:
            details = {"stateEnteredEventDetails": {"name": name, "input": json.dumps(value)}}
            stepfunctions._add_event(execution, f"{kind}StateEntered", details)
        is_first = False
        value, following = _run_state(state, value, execution, context)
        details = {"stateExitedEventDetails": {"name": name, "output": json.dumps(value)}}
        stepfunctions._add_event(execution, f"{kind}StateExited", details)
        name = following
    return json.dumps(value)


def _run_state(
    state: dict[str, Any],
    value: object,
    execution: Execution,
    context: dict[str, Any],
) -> tuple[Any, str | None]:
    kind = state["Type"]
    if kind == "Fail":
        raise stepfunctions._ExecutionError(*stepfunctions._fail_state_error(state, value, context))
    if kind == "Succeed":
        value = stepfunctions._apply_input_path(state, value, context)
        return stepfunctions._apply_output_path(state, value, context), None
    run = getattr(stepfunctions, f"_execute_{kind.lower()}")
    arguments = (state, value, context) if kind in _WITHOUT_TASK else (state, value, execution, context)
    ended: tuple[Any, str | None] = run(*arguments)
    return ended


PATCHES = (
    Patch(
        fault="RedriveExecution is an unknown action.",
        module="ministack.services.stepfunctions",
        attribute="handle_request",
        source_sha256="efa6e8c4532a9e05de1d5c451ba1609388c4cb6662e72df46f3fb9158a84e9c4",
        replacement=handle_request,
    ),
    Patch(
        fault="DescribeExecution has no fields of redrives.",
        module="ministack.services.stepfunctions",
        attribute="_describe_execution",
        source_sha256="c3ad294ad8b5070a8e7ac8d723dce006d64dd49516b4a22f23ee75307cdd8ea6",
        replacement=describe_execution,
    ),
)
