from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from statelint.linter import Linter

from functions.domain.outage import ServiceUnavailable
from functions.domain.payment import PaymentGatewayUnavailable
from workflow_definitions.express import ExpressParts
from workflow_definitions.order import build_order_workflow, build_release_workflow
from workflow_definitions.tasks import GATEWAY_UNAVAILABLE, PaymentRetry, TaskFunctions

ASL_VALIDATOR = Path(__file__).parents[1] / "node" / "node_modules" / ".bin" / "asl-validator"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
ARNS = {field.name: ARN + field.name.replace("_", "-") for field in fields(TaskFunctions)}
FUNCTIONS = TaskFunctions(**{**ARNS, "invocation": "arn:aws:states:::lambda:invoke"})
EXPRESS = ExpressParts(
    release_workflow_arn="arn:aws:states:eu-west-1:123456789012:stateMachine:release",
    kept_orders_queue_url="https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead-letters",
    start_execution="arn:aws:states:::states:startExecution",
    send_message="arn:aws:states:::sqs:sendMessage",
)


def build(express: ExpressParts | None = None) -> dict:
    return build_order_workflow(
        FUNCTIONS,
        payment_retry=PaymentRetry(interval_seconds=2, backoff_rate=2, max_attempts=8, max_delay_seconds=120),
        task_timeout_seconds=25,
        express=express,
    )


@pytest.fixture
def definition() -> dict:
    return build()


DEFINITIONS = {
    "standard": build(),
    "express": build(EXPRESS),
    "release": build_release_workflow(FUNCTIONS, task_timeout_seconds=25),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_statelint_accepts_it(name: str) -> None:
    assert Linter.validate(DEFINITIONS[name]) == []


@pytest.mark.parametrize("name", DEFINITIONS)
def test_asl_validator_accepts_it(name: str, tmp_path: Path) -> None:
    if not shutil.which("node") or not ASL_VALIDATOR.exists():
        pytest.skip("asl-validator is written in JavaScript: install Node and run `make test`")
    file = tmp_path / "order.asl.json"
    file.write_text(json.dumps(DEFINITIONS[name]))
    command = [ASL_VALIDATOR, "--json-path", file]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_happy_path_has_four_tasks_and_no_other_state(definition: dict) -> None:
    path = path_from(definition, definition["StartAt"])
    assert path == ["SaveOrder", "ProcessPayment", "UpdateOrder", "InformClient"]
    assert {each["Type"] for each in definition["States"].values()} == {"Task"}
    assert {each["Resource"] for each in definition["States"].values()} == {"arn:aws:states:::lambda:invoke"}


def test_every_state_is_bounded_and_retries_transient_errors_with_jitter(definition: dict) -> None:
    for name, state in definition["States"].items():
        assert state["TimeoutSeconds"] == 25, name
        assert "Lambda.TooManyRequestsException" in state["Retry"][-1]["ErrorEquals"], name
        for retry in state["Retry"]:
            assert retry["JitterStrategy"] == "FULL"
            assert retry["MaxDelaySeconds"] > retry["IntervalSeconds"]
            assert isinstance(retry["BackoffRate"], float)


def path_from(definition: dict, state: str | None) -> list[str]:
    path = []
    while state:
        path.append(state)
        state = definition["States"][state].get("Next")
    return path


def test_where_the_gateway_never_answered_the_client_is_told_before_the_payment_is_released(
    definition,
) -> None:
    (catch,) = definition["States"]["ProcessPayment"]["Catch"]
    failure = path_from(definition, catch["Next"])
    assert failure == ["FailOrder", "InformOfFailure", "ReleasePayment"]
    release = definition["States"]["ReleasePayment"]["Retry"][0]
    assert release["ErrorEquals"] == ["PaymentGatewayUnavailable"]
    assert release["MaxAttempts"] * release["MaxDelaySeconds"] >= 3 * 24 * 3600
    happy = path_from(definition, definition["StartAt"])
    assert set(happy) | set(failure) == set(definition["States"])


def test_only_an_unavailable_gateway_is_caught(definition: dict) -> None:
    catches = {name: state["Catch"] for name, state in definition["States"].items() if "Catch" in state}
    assert list(catches) == ["ProcessPayment"]
    (catch,) = catches["ProcessPayment"]
    assert catch["ErrorEquals"] == ["PaymentGatewayUnavailable"]


def test_the_workflow_knows_the_error_by_the_name_that_the_function_raises() -> None:
    assert PaymentGatewayUnavailable.__name__ == GATEWAY_UNAVAILABLE


def test_every_task_outlasts_an_outage_of_aws_for_as_long_as_its_workflow_can() -> None:
    longest_seconds = {"standard": (600, 1800), "express": (45, 75), "release": (600, 1800)}
    for name, (least, most) in longest_seconds.items():
        for state, definition in DEFINITIONS[name]["States"].items():
            if definition.get("Resource") != "arn:aws:states:::lambda:invoke":
                continue
            retry = definition["Retry"][-1]
            assert ServiceUnavailable.__name__ in retry["ErrorEquals"], state
            delays = (
                min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
                for attempt in range(retry["MaxAttempts"])
            )
            assert least <= sum(delays) <= most, (name, state)


def test_an_execution_that_hangs_times_out_but_none_that_only_waits() -> None:
    assert "TimeoutSeconds" not in DEFINITIONS["express"]
    for name in ("standard", "release"):
        longest_seconds = sum(
            min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
            for state in DEFINITIONS[name]["States"].values()
            for retry in state["Retry"]
            for attempt in range(retry["MaxAttempts"])
        )
        assert DEFINITIONS[name]["TimeoutSeconds"] > 2 * longest_seconds


def test_it_is_plain_data_that_any_arn_fits_in(definition: dict) -> None:
    assert json.loads(json.dumps(definition)) == definition


def test_whatever_fails_in_an_express_workflow_leaves_its_order_on_a_queue() -> None:
    states = DEFINITIONS["express"]["States"]
    kept = {name for name, state in states.items() if state.get("Catch", [{}])[-1].get("Next") == "KeepOrder"}
    assert kept == set(states) - {"KeepOrder", "OrderKept"}
    for name in kept:
        assert states[name]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    assert states["KeepOrder"]["Resource"] == "arn:aws:states:::sqs:sendMessage"
    assert states["KeepOrder"]["Next"] == "OrderKept"
    assert states["OrderKept"]["Type"] == "Fail"


def test_an_express_workflow_leaves_a_release_to_one_that_has_days() -> None:
    state = DEFINITIONS["express"]["States"]["ReleasePayment"]
    assert state["Resource"] == "arn:aws:states:::states:startExecution"
    assert state["Arguments"]["StateMachineArn"] == EXPRESS.release_workflow_arn
    released = DEFINITIONS["release"]["States"]["ReleasePayment"]
    assert released == DEFINITIONS["standard"]["States"]["ReleasePayment"]
