"""The program of a Python Lambda worker: for each invocation one JSON line in and one JSON line out.

Its arguments are the directories of the function's code and of each of its layers. Nothing of ours can be
imported here. It does what AWS's own runtime does: where the code and its layers are found, what else can be
imported, how logging starts, and the names of what goes wrong.
"""

from __future__ import annotations

import decimal
import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

Handler = Callable[[Any, "Context"], Any]


class RuntimeFailure(Exception):  # noqa: N818 - the runtime's word for what is not the function's own error
    """Something that Lambda itself reports, under a name such as `Runtime.ImportModuleError`."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class Context:
    """The second argument of a handler."""

    identity = client_context = None

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = invocation["invoked_function_arn"]
        self.aws_request_id = invocation["request_id"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = time.time() + invocation["timeout_ms"] / 1000

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left until the function's time-out."""
        return max(0, int((self._deadline - time.time()) * 1000))


def main() -> None:
    """Answer invocations until standard input ends; end when the function cannot be loaded."""
    requests, replies = _take_standard_streams()
    _set_import_path(*sys.argv[1:])
    _start_logging()
    _set_clock()
    try:
        handler, report = _load(os.environ["_HANDLER"]), None
    except Exception as error:  # noqa: BLE001 - reported like every error
        handler, report = None, _report(error, "")
    # The first line asks only whether the function is loaded.
    requests.readline()
    _send(replies, {"status": "ready"})
    for line in requests:
        message = json.loads(line)
        if handler is None:
            _send(replies, {"status": "error", "payload": report, "fatal": True})
            return
        context = Context(message["ctx"])
        _send(replies, _invoke(handler, message["event"], context, message["ctx"].get("trace_id")))


def _take_standard_streams() -> tuple[TextIO, TextIO]:
    """Reserve both streams for the emulator; what the function prints goes to the log on standard error."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, replies


def _set_import_path(code: str, *layers: str) -> None:
    """Let the function import its code, its layers, the standard library and what comes with the runtime."""
    # https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html#python-layer-paths
    laid_over_each_other = [Path(layer, "python") for layer in reversed(layers)]
    others = [path for path in sys.path if {"site-packages", "dist-packages"}.isdisjoint(Path(path).parts)]
    installed = [path for path in sys.path if path not in others]
    sys.path[:] = [code, *map(str, laid_over_each_other), *others]
    sys.meta_path.append(_RuntimePackages(installed))


class _RuntimePackages(MetaPathFinder):
    """Find, of the packages in the emulator's environment, those that Lambda's Python runtime has too.

    So a dependency that is missing from a function and its layers is missing here as well.
    """

    NAMES = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"})

    def __init__(self, installed: list[str]) -> None:
        self._installed = installed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None and fullname in self.NAMES:
            return PathFinder.find_spec(fullname, self._installed, target)
        return None


_log_fields = {"aws_request_id": ""}


def _start_logging() -> None:
    """Give the root logger a handler, as the runtime does before it loads the function."""
    line = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    formatter = logging.Formatter(line, "%Y-%m-%dT%H:%M:%S", defaults=_log_fields)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


_CLOCK = "ORDER_WEBHOOKS_CLOCK"


def _emulated(real: float) -> float:
    """Return what the emulator's clock shows when the machine's shows `real`: `local.emulated_clock`."""
    segments = _segments()
    start, emulated, speed = next((each for each in reversed(segments) if each[0] <= real), segments[0])
    return emulated + (real - start) * speed


def _segments() -> list[tuple[float, ...]]:
    lines = Path(os.environ[_CLOCK]).read_bytes().splitlines()
    return [tuple(map(float, line.split())) for line in lines]


def _set_clock() -> None:
    """Let the function see the emulator's clock: the one place where ours read the time is replaced.

    What it waits for is on this clock too.
    """
    if _CLOCK not in os.environ:
        return
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(float(seconds) / _segments()[-1][2])
    try:
        instant = importlib.import_module("functions.domain.instant")
    except ModuleNotFoundError:
        # A function of a test.
        return
    instant.now = lambda: datetime.fromtimestamp(_emulated(time.time()), UTC)  # type: ignore[attr-defined]


def _on_the_clock(event: Any) -> Any:  # noqa: ANN401 - any event
    """Move the time at which messages were put on their queue to the emulator's clock."""
    if _CLOCK in os.environ and isinstance(event, dict):
        for record in event.get("Records", []):
            attributes = record.get("attributes", {})
            if "SentTimestamp" in attributes:
                sent_at = _emulated(int(attributes["SentTimestamp"]) / 1000)
                attributes["SentTimestamp"] = str(round(sent_at * 1000))
    return event


def _load(path: str) -> Handler:
    module_name, _, handler_name = path.replace("/", ".").rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise RuntimeFailure("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise RuntimeFailure("Runtime.UserCodeSyntaxError", message) from error
    handler: Handler | None = getattr(module, handler_name, None)
    if handler is None:
        message = f"Handler '{handler_name}' missing on module '{module_name}'"
        raise RuntimeFailure("Runtime.HandlerNotFound", message)
    return handler


def _invoke(handler: Handler, event: object, context: Context, trace_id: str | None) -> dict[str, Any]:
    _log_fields["aws_request_id"] = context.aws_request_id
    os.environ["_X_AMZN_TRACE_ID"] = trace_id or ""
    try:
        return {"status": "ok", "result": json.loads(_to_json(handler(_on_the_clock(event), context)))}
    except Exception as error:  # noqa: BLE001 - every error of the function is reported
        return {"status": "error", "payload": _report(error, context.aws_request_id)}


def _to_json(result: object) -> str:
    try:
        return json.dumps(result, allow_nan=False, default=_number)
    except (TypeError, ValueError) as error:
        raise RuntimeFailure("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _number(value: object) -> float:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _report(error: Exception, request_id: str) -> dict[str, Any]:
    """Return an error as Lambda reports it, and write it to the log as Lambda does."""
    # From the function's first frame on: ours are left out.
    stack = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    report = {
        "errorMessage": str(error),
        "errorType": error.error_type if isinstance(error, RuntimeFailure) else type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_list(stack),
    }
    print(f"[ERROR] {report['errorType']}: {report['errorMessage']}", file=sys.stderr)
    print("Traceback (most recent call last):", *report["stackTrace"], sep="\n", file=sys.stderr, flush=True)
    return report


def _send(replies: TextIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


if __name__ == "__main__":
    main()
