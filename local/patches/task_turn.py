"""A task's time-out begins when its function has a worker for it."""

from __future__ import annotations

import threading
from typing import Any

from ministack.services import stepfunctions

from local.patches.patch import Patch
from local.patches.worker_limit import workers_per_function

_invoke = stepfunctions._invoke_resource_with_timeout
_turns: dict[str, threading.Semaphore] = {}
_making = threading.Lock()


def invoke_in_turn(resource: str, input_data: Any, timeout_seconds: float) -> Any:  # noqa: ANN401 - JSON
    """Wait until the function runs fewer tasks than it may have workers, then run the task."""
    if "lambda:invoke" not in resource:
        return _invoke(resource, input_data, timeout_seconds)
    with _turn(input_data.get("FunctionName", "")):
        return _invoke(resource, input_data, timeout_seconds)


def _turn(function_reference: str) -> threading.Semaphore:
    with _making:
        return _turns.setdefault(function_reference, threading.Semaphore(workers_per_function()))


PATCHES = (
    Patch(
        fault=(
            "A task that waits for one of its function's few workers uses up its time-out. In a burst, tasks "
            "time out and are tried again while their first attempts still wait, which multiplies the work. "
            "On AWS a function has an execution environment for each of its tasks."
        ),
        release="1.5.33",
        module="ministack.services.stepfunctions",
        attribute="_invoke_resource_with_timeout",
        source_sha256="faeed0bf70d53efc6584e3807359286ba330ecfa4f3f76adda682f6c7f6e9333",
        replacement=invoke_in_turn,
    ),
)
