from __future__ import annotations

import pytest

from local.emulator import Emulator
from tests.support.emulator import create_function, invoke
from tests.support.waiting import wait_for

SOURCE = """
import decimal, logging, os, subprocess, sys, time

logging.getLogger().setLevel(logging.INFO)


class PaymentDeclined(Exception):
    pass


def handle(event, context):
    return globals()[event["do"]](event, context)


def decline(event, context):
    raise PaymentDeclined("no funds")


def process_id(event, context):
    return os.getpid()


def exit(event, context):
    sys.exit(event["code"])


def sleep(event, context):
    time.sleep(60)


def number(event, context):
    return {"exact": decimal.Decimal("12"), "broken": decimal.Decimal("0.5")}


def thing(event, context):
    return object()


def remaining(event, context):
    return context.get_remaining_time_in_millis()


def chatter(event, context):
    subprocess.run(["echo", '{"status": "ok", "result": "not this"}'])
    print("printed")
    logging.getLogger("shop").info("logged")
    return context.aws_request_id
"""


@pytest.fixture(scope="module")
def function(patched: Emulator) -> str:
    return create_function(patched, SOURCE, Timeout=10)


def test_an_exception_keeps_its_name_and_stack(patched: Emulator, function: str) -> None:
    error = invoke(patched, function, {"do": "decline"})

    assert error["errorType"] == "PaymentDeclined"
    assert error["errorMessage"] == "no funds"
    assert [frame.split(" in ")[1].splitlines()[0] for frame in error["stackTrace"]] == ["handle", "decline"]
    assert error["requestId"]


def test_an_exception_leaves_the_worker_alive(patched: Emulator, function: str) -> None:
    before = invoke(patched, function, {"do": "process_id"})
    invoke(patched, function, {"do": "decline"})

    assert invoke(patched, function, {"do": "process_id"}) == before


def test_stock_loses_the_exception_and_the_worker(stock: Emulator) -> None:
    function = create_function(stock, SOURCE)
    before = invoke(stock, function, {"do": "process_id"})
    error = invoke(stock, function, {"do": "decline"})

    assert error == {"errorType": "Runtime.HandlerError", "errorMessage": "no funds"}
    assert invoke(stock, function, {"do": "process_id"}) != before


@pytest.mark.parametrize(
    ("code", "reason"), [(3, "with error: exit status 3"), (0, "without providing a reason")]
)
def test_an_exit_is_an_exit_error(patched: Emulator, function: str, code: int, reason: str) -> None:
    error = invoke(patched, function, {"do": "exit", "code": code})

    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith(f"Error: Runtime exited {reason}")
    assert isinstance(invoke(patched, function, {"do": "process_id"}), int)


def test_a_time_out_is_the_sandbox_s(patched: Emulator) -> None:
    function = create_function(patched, SOURCE, Timeout=1)

    assert 0 < invoke(patched, function, {"do": "remaining"}) <= 1000
    error = invoke(patched, function, {"do": "sleep"})
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert isinstance(invoke(patched, function, {"do": "process_id"}), int)


def test_a_result_that_is_not_json_is_a_marshal_error(patched: Emulator, function: str) -> None:
    error = invoke(patched, function, {"do": "thing"})

    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"] == (
        "Unable to marshal response: Object of type object is not JSON serializable"
    )
    assert invoke(patched, function, {"do": "number"}) == {"exact": 12, "broken": 0.5}


def test_what_a_function_prints_and_logs_is_in_its_log(patched: Emulator, function: str) -> None:
    request_id = invoke(patched, function, {"do": "chatter"})

    def find() -> list[str]:
        group = f"/aws/lambda/{function.rpartition(':')[2]}"
        events = patched.client("logs").filter_log_events(logGroupName=group)["events"]
        messages = [event["message"] for event in events]
        return messages if "printed" in messages else []

    messages = wait_for(find)
    logged = next(message for message in messages if message.endswith("logged"))
    assert logged.startswith("[INFO]\t")
    assert logged.split("\t")[2] == request_id
