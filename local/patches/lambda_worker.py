"""A function's exception is reported under its own name, and the worker stays."""

from __future__ import annotations

import subprocess
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.patches.patch import Patch
from local.patches.task_turn import begin_task
from local.patches.worker_pipe import Message, Worker, ask


def invoke(
    self: lambda_runtime.Worker,
    event: object,
    request_id: str,
    *,
    trace_id: str | None = None,
    invoked_function_arn: str | None = None,
    **_of_other_runtimes: object,
) -> Message:
    """Run one invocation on this worker, started first where it is not running."""
    with self._lock:
        cold = self._proc is None or self._proc.poll() is not None
        if cold:
            self._spawn()
            self._cold = False
        begin_task()
        timeout_seconds = float(self.config.get("Timeout", 3))
        invocation = {
            "request_id": request_id,
            "invoked_function_arn": invoked_function_arn or self.config.get("FunctionArn", ""),
            "timeout_ms": int(timeout_seconds * 1000),
            "trace_id": trace_id,
        }
        reply = _answer(self._proc, {"event": event, "ctx": invocation}, timeout_seconds)
        if reply.pop("fatal", False):
            process, self._proc = self._proc, None
            lambda_runtime._signal(process)
            lambda_runtime._collect(process, time.monotonic() + lambda_runtime._REAP_GRACE)
        return {**reply, "cold_start": cold, "log": self._drain_stderr_bounded()}


def _answer(worker: Worker, message: Message, timeout_seconds: float) -> Message:
    try:
        return ask(worker, message, timeout_seconds)
    except TimeoutError:
        return _broken(message, "Sandbox.Timedout", f"Task timed out after {timeout_seconds:.2f} seconds")
    except EOFError:
        return _broken(message, "Runtime.ExitError", _end_of(worker))


def _end_of(worker: Worker) -> str:
    try:
        code = worker.wait(lambda_runtime._REAP_GRACE)
    except subprocess.TimeoutExpired:
        code = 0
    if code == 0:
        return "Runtime exited without providing a reason"
    return "Runtime exited with error: " + (f"exit status {code}" if code > 0 else f"signal {-code}")


def _broken(message: Message, error_type: str, what: str) -> Message:
    error_message = f"RequestId: {message['ctx']['request_id']} Error: {what}"
    payload = {"errorType": error_type, "errorMessage": error_message}
    return {"status": "error", "payload": payload, "fatal": True}


def execute(func: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
    """Run one invocation of a function on a worker of its pool."""
    config = func.get("config") or func
    name, version = config.get("FunctionName", "unknown"), config.get("Version", "$LATEST")
    worker, _ = lambda_svc.acquire_worker(name, config, func.get("code_zip"), qualifier=version)
    try:
        reply = worker.invoke(
            event,
            request_id,
            trace_id=lambda_svc._xray_trace_id_for_invocation(config),
            invoked_function_arn=config.get("FunctionArn", ""),
        )
    except Exception as error:  # noqa: BLE001 - the worker did not start
        lambda_svc.logger.exception("The worker of %s does not start", name)
        payload = {"errorType": "Runtime.Unknown", "errorMessage": str(error)}
        return {"body": payload, "error": True, "log": ""}
    finally:
        lambda_svc.release_worker(worker)
    if reply["status"] == "ok":
        return {"body": reply["result"], "log": reply["log"]}
    return {"body": reply["payload"], "error": True, "log": reply["log"]}


_FAULT = (
    "Every exception of a function is a Runtime.HandlerError without a stack trace and ends its worker. AWS "
    "reports the exception's own name and stack, and keeps the execution environment."
)

PATCHES = (
    Patch(
        fault=_FAULT,
        module="ministack.core.lambda_runtime",
        attribute="Worker.invoke",
        source_sha256="96751a75471021ecc05362bd28031305be50ff352345c5f7b1f9b7924a467b31",
        replacement=invoke,
    ),
    Patch(
        fault=_FAULT,
        module="ministack.services.lambda_svc",
        attribute="_execute_function_warm",
        source_sha256="62b9218bef5b948a23c3269d6fb7260f88dda21cb88a1962ab72e4dceac81153",
        replacement=execute,
    ),
)
