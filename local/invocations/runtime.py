"""Asynchronous invocations of the emulator's functions: one engine, made when it is first needed."""

from __future__ import annotations

import datetime as dt
import functools
import json
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ministack.core.responses import new_uuid, request_scope
from ministack.services.lambda_svc import _acquire_execution_slot as acquire_slot
from ministack.services.lambda_svc import _execute_function_dispatch as execute
from ministack.services.lambda_svc import _functions as functions
from ministack.services.lambda_svc import _release_execution_slot as release_slot
from ministack.services.sqs import _act_send_message as send_message
from ministack.services.sqs import _queue_by_arn as queue_by_arn

from local.emulated_clock import read_clock
from local.invocations.engine import AsynchronousEvent, Condition, InvocationEngine, Outcome
from local.invocations.record import make_record
from local.patches.worker_limit import workers_per_function
from local.sns.clock import Action, RunningClock

# https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
_RETRIES = 2
_LONGEST_AGE_SECONDS = 6 * 3600
# Of the machine's time: on an accelerated clock its slowness is no reason to give an event up.
_SHORTEST_AGE_SECONDS = 60.0

_log = logging.getLogger(__name__)
_making = threading.Lock()


def get_engine() -> InvocationEngine:
    """Return the emulator's engine; the first call starts everything behind it."""
    with _making:
        return _make_engine()


def invoke_asynchronously(func: Mapping[str, Any], payload: Any) -> None:  # noqa: ANN401 - any JSON
    """Take an event for a function, as MiniStack has it, and return at once."""
    configuration = func.get("config") or func
    function_arn = _unqualified(configuration["FunctionArn"])
    settings = _settings_of(function_arn)
    get_engine().accept(
        AsynchronousEvent(
            request_id=new_uuid(),
            function_arn=function_arn,
            payload=payload,
            accepted_at=read_clock().now(),
            max_retries=int(settings.get("MaximumRetryAttempts", _RETRIES)),
            max_age_seconds=float(settings.get("MaximumEventAgeInSeconds", _LONGEST_AGE_SECONDS)),
        )
    )


def is_busy(function_arn: str) -> bool:
    """Return whether a function has asynchronous events that are neither done nor given up."""
    return get_engine().is_busy(_unqualified(function_arn))


@functools.cache
def _make_engine() -> InvocationEngine:
    clock = read_clock()
    return InvocationEngine(
        clock=RunningClock(clock),
        run=_run,
        invoke=_invoke,
        give_up=_give_up,
        shortest_age_seconds=lambda: _SHORTEST_AGE_SECONDS * (clock.speed - 1),
    )


@functools.cache
def _pool(function_arn: str) -> ThreadPoolExecutor:
    # As many threads as the function has workers: what waits longer waits in the pool's queue.
    return ThreadPoolExecutor(workers_per_function(), thread_name_prefix=function_arn.rpartition(":")[2])


def _run(function_arn: str, action: Action) -> None:
    with _making:
        pool = _pool(function_arn)
    pool.submit(_run_logged, action)


def _run_logged(action: Action) -> None:
    try:
        action()
    except Exception:
        # A pool keeps exceptions to itself.
        _log.exception("an asynchronous invocation broke off")
        raise


def _invoke(event: AsynchronousEvent) -> Outcome:
    func = _find(event.function_arn)
    if func is None:
        return Outcome(kind="failed", response={"errorMessage": "The function does not exist any more"})
    configuration = func["config"]
    with _scope_of(event.function_arn):
        slot, _ = acquire_slot(func, configuration)
        if slot is None:
            return Outcome(kind="throttled")
        try:
            # Not `_execute_function`: every attempt of an event has the same request ID.
            result = execute(func, configuration, event.payload, event.request_id, time.time())
        finally:
            release_slot(slot)
    return Outcome(kind="failed" if result.get("error") else "done", response=result.get("body"))


def _give_up(event: AsynchronousEvent, condition: Condition, invocations: int, last: Outcome) -> None:
    destinations = _settings_of(event.function_arn).get("DestinationConfig", {})
    destination = destinations.get("OnFailure", {}).get("Destination", "")
    with _scope_of(event.function_arn):
        queue = queue_by_arn(destination) if ":sqs:" in destination else None
        if queue is None:
            _log.warning("%s: an asynchronous event is dropped (%s)", event.function_arn, condition)
            return
        record = make_record(event, condition, invocations, last, dt.datetime.now(dt.UTC))
        body = json.dumps(record, ensure_ascii=False)
        send_message({"QueueUrl": queue["url"], "MessageBody": body}, queue["url"])


def _find(function_arn: str) -> dict[str, Any] | None:
    _, _, _, region, account, _, name = function_arn.split(":")
    found: dict[str, Any] | None = functions.get_scoped(account, region, name)
    return found


def _settings_of(function_arn: str) -> dict[str, Any]:
    return (_find(function_arn) or {}).get("event_invoke_config") or {}


def _scope_of(function_arn: str) -> Any:  # noqa: ANN401 - the emulator's own context manager
    _, _, _, region, account, *_ = function_arn.split(":")
    return request_scope(account, region)


def _unqualified(function_arn: str) -> str:
    return ":".join(function_arn.split(":")[:7])
