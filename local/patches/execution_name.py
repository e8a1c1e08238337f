"""StartExecution with the name and input of a running execution succeeds and starts nothing."""

from __future__ import annotations

import re
import threading
import uuid
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import stepfunctions

from local.patches.patch import Patch

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_NAME = re.compile(r"""[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}""")

_start = stepfunctions._start_execution
_starting = threading.Lock()


def start_execution(data: dict[str, Any]) -> Any:  # noqa: ANN401 - the emulator's own response
    """Start an execution, or return the running one of the same name and input."""
    name = data.get("name")
    if name is not None and not _NAME.fullmatch(name):
        return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
    # One at a time: of two starts under one name, one must see the other.
    with _starting:
        if _is_express(data):
            return _start({**data, "name": f"{name or 'express'}-{uuid.uuid4()}"})
        running = _running_execution(data)
        if running is not None:
            return json_response({key: running[key] for key in ("executionArn", "startDate")})
        return _start(data)


def _is_express(data: dict[str, Any]) -> bool:
    machine_arn = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
    return machine_arn is not None and stepfunctions._state_machines[machine_arn].get("type") == "EXPRESS"


def _running_execution(data: dict[str, Any]) -> dict[str, Any] | None:
    machine_arn = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
    if machine_arn is None or "name" not in data:
        return None
    machine = stepfunctions._state_machines[machine_arn]["name"]
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine}:{data['name']}"
    execution: dict[str, Any] | None = stepfunctions._executions.get(arn)
    if execution is None or execution["status"] != "RUNNING":
        return None
    return execution if execution["input"] == data.get("input", "{}") else None


PATCHES = (
    Patch(
        fault=(
            "StartExecution refuses the name and input of a running execution, and takes any name. Step "
            "Functions answers with the running execution, and refuses a name that breaks its rules. An "
            "EXPRESS machine starts another execution under a name that was used before."
        ),
        module="ministack.services.stepfunctions",
        attribute="_start_execution",
        source_sha256="9923282fc76c57b9d2541cc83863bfb69f2472b29aec9a9fc3454f3d19d045b4",
        replacement=start_execution,
    ),
)
