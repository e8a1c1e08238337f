"""A task's time-out begins when its function's process does."""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ministack.services import stepfunctions

from local.patches.patch import Patch
from local.patches.worker_limit import workers_per_function

_turns: dict[str, threading.Semaphore] = {}
_making = threading.Lock()
_begun: contextvars.ContextVar[threading.Event] = contextvars.ContextVar("begun")

_invoke_other = stepfunctions._invoke_resource_with_timeout


def invoke_in_turn(resource: str, input_data: Any, timeout_seconds: float) -> Any:  # noqa: ANN401 - JSON
    """Run a task when its function has a worker for it; raise States.Timeout where it then takes too long."""
    if "lambda:invoke" not in resource:
        return _invoke_other(resource, input_data, timeout_seconds)
    with _turn(input_data.get("FunctionName", "")):
        begun, future = _start(resource, input_data)
        begun.wait()
        try:
            return future.result(timeout_seconds)
        except TimeoutError:
            cause = f"Task timed out after {timeout_seconds} seconds"
            raise stepfunctions._ExecutionError("States.Timeout", cause) from None


def begin_task() -> None:
    """Say that the function of this thread's task, if it has one, begins to run now."""
    begun = _begun.get(None)
    if begun is not None:
        begun.set()


def _turn(function_reference: str) -> threading.Semaphore:
    with _making:
        return _turns.setdefault(function_reference, threading.Semaphore(workers_per_function()))


def _start(resource: str, input_data: Any) -> tuple[threading.Event, Future[Any]]:  # noqa: ANN401 - JSON
    """Start a task in a thread of its own, which goes on after the task has timed out."""
    begun = threading.Event()
    context = contextvars.copy_context()
    context.run(_begun.set, begun)
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(context.run, stepfunctions._invoke_resource, resource, input_data)
    # What fails before the function runs, such as a throttle, is not waited for.
    future.add_done_callback(lambda _: begun.set())
    pool.shutdown(wait=False)
    return begun, future


PATCHES = (
    Patch(
        fault=(
            "A task that waits for one of its function's few workers, or for that one to start, uses up its "
            "time-out. In a burst, tasks time out and are tried again while their first attempts still wait, "
            "which multiplies the work. On AWS a function has an execution environment for each of its tasks."
        ),
        module="ministack.services.stepfunctions",
        attribute="_invoke_resource_with_timeout",
        source_sha256="faeed0bf70d53efc6584e3807359286ba330ecfa4f3f76adda682f6c7f6e9333",
        replacement=invoke_in_turn,
    ),
)
