from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from local.emulator import Emulator
from tests.support.emulator import (
    create_function,
    create_state_machine,
    end_of,
    lambda_task,
    start,
    status_of,
)

SOURCE = """
import sys, time


class GatewayUnavailable(Exception):
    pass


def handle(event, context):
    if event.get("exit"):
        sys.exit(1)
    time.sleep(event.get("sleep_seconds", 0))
    if event["attempt"] < event.get("failures", 0):
        raise GatewayUnavailable(f"attempt {event['attempt']}")
    return event.get("text", event["attempt"])
"""
WAITING = {"Type": "Wait", "Seconds": 3600, "End": True}


@pytest.fixture(scope="module")
def function(patched: Emulator) -> str:
    return create_function(patched, SOURCE, Timeout=10)


def run(emulator: Emulator, state: dict[str, Any], event: dict[str, Any], **settings: Any) -> dict[str, Any]:
    machine = create_state_machine(emulator, state, **settings)
    return end_of(emulator, start(emulator, machine, input=json.dumps(event)))


def throttle(emulator: Emulator, function: str) -> None:
    emulator.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)


# Retries


def test_a_retry_waits_no_longer_than_its_longest_delay(patched: Emulator, stock: Emulator) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3600, "MaxDelaySeconds": 1, "MaxAttempts": 1}]
    event = {"failures": 1}
    stock_machine = create_state_machine(stock, lambda_task(create_function(stock, SOURCE), Retry=retry))
    stock_execution = start(stock, stock_machine, input=json.dumps(event))

    execution = run(patched, lambda_task(create_function(patched, SOURCE), Retry=retry), event)

    assert (execution["status"], execution["output"]) == ("SUCCEEDED", "1")
    # It began before ours; once its longest delay is obeyed, it ends before ours too.
    assert status_of(stock, stock_execution) == "RUNNING"


def test_delays_grow_up_to_the_longest() -> None:
    from local.patches.retry_delay import delay

    retrier = {"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 20}
    assert [delay(retrier, retries) for retries in range(4)] == [2, 6, 18, 20]
    assert [delay({}, retries) for retries in range(3)] == [1, 2, 4]


def test_a_retrier_brings_its_next_delay() -> None:
    from local.patches.retry_delay import find_matching_retrier

    retriers = [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Down"], "IntervalSeconds": 3, "MaxAttempts": 2}]
    retrier, place = find_matching_retrier(retriers, "Down", {1: 1})

    assert place == 1
    assert (retrier["IntervalSeconds"], retrier["BackoffRate"]) == (6, 1)
    assert find_matching_retrier(retriers, "Down", {1: 2})[0] is None


def test_full_jitter_spreads_a_delay_from_nothing_to_all_of_it() -> None:
    from local.patches.retry_delay import delay

    retrier = {"IntervalSeconds": 8, "JitterStrategy": "FULL"}
    delays = [delay(retrier, 0) for _ in range(1000)]
    assert 0 <= min(delays) < 1
    assert 7 < max(delays) <= 8
    assert delay({**retrier, "JitterStrategy": "NONE"}, 0) == 8


def test_stock_knows_no_jitter() -> None:
    from ministack.services import stepfunctions

    assert "JitterStrategy" not in Path(inspect.getfile(stepfunctions)).read_text()


def test_a_retrier_matches_by_the_exception_s_name(patched: Emulator, function: str) -> None:
    retry = [
        {"ErrorEquals": ["GatewayUnavailable"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}
    ]
    execution = run(patched, lambda_task(function, Retry=retry), {"failures": 2})

    assert (execution["status"], execution["output"]) == ("SUCCEEDED", "2")


# Names of errors


def test_a_task_fails_with_the_exception_and_all_of_it_as_cause(patched: Emulator, function: str) -> None:
    execution = run(patched, lambda_task(function), {"failures": 1})

    assert execution["error"] == "GatewayUnavailable"
    assert set(json.loads(execution["cause"])) == {"errorMessage", "errorType", "requestId", "stackTrace"}


def test_a_function_that_exits_or_overruns_fails_its_task_so(patched: Emulator) -> None:
    state = lambda_task(create_function(patched, SOURCE, Timeout=1))

    assert run(patched, state, {"exit": True})["error"] == "Runtime.ExitError"
    assert run(patched, state, {"sleep_seconds": 30})["error"] == "Sandbox.Timedout"


def test_a_task_that_overruns_times_out(patched: Emulator, function: str) -> None:
    execution = run(patched, lambda_task(function, TimeoutSeconds=1), {"sleep_seconds": 9})

    assert execution["error"] == "States.Timeout"


def test_a_task_s_time_does_not_run_while_it_waits_for_a_worker(patched: Emulator) -> None:
    # Two workers take five seconds for all of them: longer than a task has.
    machine = create_state_machine(
        patched, lambda_task(create_function(patched, SOURCE, Timeout=10), TimeoutSeconds=4)
    )
    event = json.dumps({"attempt": 1, "sleep_seconds": 1})
    executions = [start(patched, machine, input=event) for _ in range(10)]

    assert {end_of(patched, each)["status"] for each in executions} == {"SUCCEEDED"}


def test_a_task_s_time_does_not_run_while_its_worker_starts(patched: Emulator) -> None:
    slow_to_load = f"import time\ntime.sleep(2)\n{SOURCE}"
    task = lambda_task(create_function(patched, slow_to_load, Timeout=10), TimeoutSeconds=1)

    assert run(patched, task, {"attempt": 1})["status"] == "SUCCEEDED"


def test_a_throttled_task_says_so(patched: Emulator) -> None:
    function = create_function(patched, SOURCE)
    throttle(patched, function)

    assert run(patched, lambda_task(function), {})["error"] == "Lambda.TooManyRequestsException"


def test_stock_does_not_know_a_throttle(stock: Emulator) -> None:
    function = create_function(stock, SOURCE)
    throttle(stock, function)

    assert run(stock, lambda_task(function), {})["error"] == "Lambda.Unknown"


def test_a_string_stays_a_string(patched: Emulator, stock: Emulator, function: str) -> None:
    event = {"text": "123"}

    assert run(patched, lambda_task(function), event)["output"] == '"123"'
    assert run(stock, lambda_task(create_function(stock, SOURCE)), event)["output"] == "123"


# Names of executions


def test_starting_a_running_execution_again_starts_nothing(patched: Emulator) -> None:
    machine = create_state_machine(patched, WAITING)
    first = start(patched, machine, name="order-1", input='{"a": 1}')

    assert start(patched, machine, name="order-1", input='{"a": 1}') == first
    client = patched.client("stepfunctions")
    assert len(client.list_executions(stateMachineArn=machine)["executions"]) == 1
    with pytest.raises(client.exceptions.ClientError, match="ExecutionAlreadyExists"):
        start(patched, machine, name="order-1", input='{"a": 2}')
    client.stop_execution(executionArn=first)
    with pytest.raises(client.exceptions.ClientError, match="ExecutionAlreadyExists"):
        start(patched, machine, name="order-1", input='{"a": 1}')


def test_stock_refuses_a_running_execution_s_own_name(stock: Emulator) -> None:
    machine = create_state_machine(stock, WAITING)
    start(stock, machine, name="order-1", input="{}")

    with pytest.raises(stock.client("stepfunctions").exceptions.ClientError, match="ExecutionAlreadyExists"):
        start(stock, machine, name="order-1", input="{}")


@pytest.mark.parametrize("name", ["a b", "a/b", "a?b", "a:b", "a\tb", "é" * 81, "a" * 81])
def test_a_name_that_breaks_the_rules_is_refused(patched: Emulator, stock: Emulator, name: str) -> None:
    machine = create_state_machine(patched, {"Type": "Succeed"})

    with pytest.raises(patched.client("stepfunctions").exceptions.ClientError, match="InvalidName"):
        start(patched, machine, name=name)
    assert start(stock, create_state_machine(stock, {"Type": "Succeed"}), name=name)


def test_express_executions_run_and_are_listed(patched: Emulator, function: str) -> None:
    # On AWS they would show in the state machine's log alone.
    machine = create_state_machine(patched, lambda_task(function), type="EXPRESS")
    execution = start(patched, machine, name="order-1", input="{}")

    assert end_of(patched, execution)["output"] == "0"
    client = patched.client("stepfunctions")
    assert client.start_sync_execution(stateMachineArn=machine, input="{}")["output"] == "0"


def test_an_express_machine_starts_anew_under_a_name_it_has_had(patched: Emulator, stock: Emulator) -> None:
    machine = create_state_machine(patched, {"Type": "Succeed"}, type="EXPRESS")
    first = start(patched, machine, name="order-1", input="{}")
    assert start(patched, machine, name="order-1", input="{}") != first

    stock_machine = create_state_machine(stock, {"Type": "Succeed"}, type="EXPRESS")
    start(stock, stock_machine, name="order-1", input="{}")
    with pytest.raises(stock.client("stepfunctions").exceptions.ClientError, match="ExecutionAlreadyExists"):
        start(stock, stock_machine, name="order-1", input="{}")
