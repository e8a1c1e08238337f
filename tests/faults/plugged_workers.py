"""Functions' processes, killed before or after their effect, and all of them restarted.

Whatever ends a process, a kill or a time-out, the journal has the orders whose events it published last: it
may not have stored that.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections import defaultdict, deque
from typing import Any

from local.patches.worker_pipe import Message, Worker
from tests.faults.injector import Injector
from tests.faults.names import logical_name
from tests.faults.plan import PUBLISHER_ENDED, RESTARTED, killed

# In an SDK's user agent this names the process that makes a call.
_MARK = "AWS_SDK_UA_APP_ID"
_MARKED = re.compile(r"\bapp/(\w+)")
# What each process has published last in its invocation, by its mark. `redeliver` publishes in ten threads.
_published: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=10))
# The marks of those that have ended: what they had sent by then may be read later.
_ended: set[str] = set()


def plug_in(injector: Injector) -> None:
    from ministack.core import lambda_runtime

    from local.patches import lambda_worker, worker_start

    _mark_calls(lambda_runtime, worker_start)
    ask = lambda_worker.ask

    def ask_or_kill(worker: Worker, message: Message, timeout_seconds: float) -> Message:
        function = function_of(message["ctx"]["invoked_function_arn"])
        text = json.dumps(message["event"])
        if function == "accept_order" and injector.strikes(RESTARTED, text):
            lambda_runtime.reset()
        _published.pop(_mark_of(worker), None)
        try:
            if injector.strikes(killed("before", function), text):
                _kill(worker)
            reply = ask(worker, message, timeout_seconds)
            if injector.strikes(killed("after", function), text):
                _kill(worker)
        except (EOFError, TimeoutError):
            _ended.add(_mark_of(worker))
            for published in _published.pop(_mark_of(worker), ()):
                injector.record(PUBLISHER_ENDED, published)
            raise
        return reply

    lambda_worker.ask = ask_or_kill


def _mark_calls(lambda_runtime: Any, worker_start: Any) -> None:
    """Give each process a mark of its own, which it shows when it calls AWS."""
    spawn, environment_of = lambda_runtime.Worker._spawn, worker_start.environment_of
    starting = threading.local()

    def spawn_marked(worker: Any) -> None:
        starting.mark = uuid.uuid4().hex
        spawn(worker)
        worker._proc.mark = starting.mark

    lambda_runtime.Worker._spawn = spawn_marked
    worker_start.environment_of = lambda *of: {**environment_of(*of), _MARK: starting.mark}


def note_call(injector: Injector, headers: dict[str, str], call: str, text: str) -> None:
    """Note a call that publishes what a text has."""
    if not call.startswith("Publish "):
        return
    mark = _marked(headers)
    _published[mark].append(text)
    if mark in _ended:
        injector.record(PUBLISHER_ENDED, text)


def kill_caller(headers: dict[str, str]) -> None:
    """Kill the function's process that makes a call."""
    for worker in _callers(headers):
        worker._proc.kill()


def caller_of(headers: dict[str, str]) -> str:
    """Return the name of the function that makes a call, "" where it has ended."""
    return next((function_of(each.config["FunctionArn"]) for each in _callers(headers)), "")


def _callers(headers: dict[str, str]) -> list[Any]:
    from ministack.core import lambda_runtime

    mark = _marked(headers)
    workers = [worker for pool in list(lambda_runtime._workers.values()) for worker in pool]
    return [each for each in workers if each._proc is not None and _mark_of(each._proc) == mark]


def _marked(headers: dict[str, str]) -> str:
    """Return the mark of the process that makes a call."""
    (mark,) = _MARKED.findall(headers["user-agent"])
    return str(mark)


def _mark_of(process: Any) -> str:
    """Return a process's mark, "" while it is being started."""
    return getattr(process, "mark", "")


def function_of(arn: str) -> str:
    """Return the handler's name for a function's ARN, which may end with a version."""
    return logical_name(arn.removesuffix(":$LATEST")).replace("-", "_")


def _kill(worker: Worker) -> None:
    worker.kill()
    worker.wait()
    raise EOFError
