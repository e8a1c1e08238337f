from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from functions.domain.execution import execution_name
from ops.command_line import parse
from ops.errors import NothingFound, UsageError
from ops.redrive import failed_executions, redrive
from tests.ops.conftest import ACCOUNT, QUEUES, REGION

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:order"
RELEASE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:release"
NOW = datetime.now(UTC)


def arn_of(request_id: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:execution:order:{execution_name(request_id)}"


def run(target: Any, *arguments: str) -> Any:
    return redrive(target, parse(["redrive", *arguments]))


def described(request_id: str, status: str = "FAILED") -> dict[str, Any]:
    return {
        "executionArn": arn_of(request_id),
        "stateMachineArn": MACHINE,
        "status": status,
        "startDate": NOW,
        "stopDate": NOW,
        "error": "OrderNotFound",
        "input": json.dumps({"request_id": request_id, "order": {"secret": "x"}}),
    }


def listed(machine: str, request_id: str, status: str, stopped_at: datetime) -> dict[str, Any]:
    return {
        "executionArn": arn_of(request_id),
        "stateMachineArn": machine,
        "name": request_id,
        "status": status,
        "startDate": NOW,
        "stopDate": stopped_at,
    }


def listing(client: Stubber, machine: str, *failed: tuple[str, datetime], is_known: bool = False) -> None:
    """Let one execution after the other be listed as failed, and none as timed out."""
    executions = [listed(machine, request_id, "FAILED", stopped_at) for request_id, stopped_at in failed]
    asked = {"stateMachineArn": machine, "statusFilter": "FAILED"}
    client.add_response("list_executions", {"executions": executions}, asked)
    for request_id, stopped_at in failed:
        if stopped_at > NOW - timedelta(hours=1) and not is_known:
            client.add_response("describe_execution", described(request_id))
    client.add_response("list_executions", {"executions": []}, {**asked, "statusFilter": "TIMED_OUT"})


def test_failed_executions_are_listed_and_left_alone(made_up) -> None:
    target = made_up()
    with Stubber(target.client("stepfunctions")) as client:
        listing(client, MACHINE, ("one", NOW))
        report = run(target)
    assert report.code == 1
    (failed,) = report.document["failed"]
    assert (failed["request_id"], failed["error"]) == ("one", "OrderNotFound")
    assert "secret" not in str(report.document)


def test_what_is_known_of_an_execution_is_not_described_again_until_it_has_failed_again(made_up) -> None:
    target, known = made_up(), {}
    with Stubber(target.client("stepfunctions")) as client:
        for stopped_at, is_known in ((NOW, False), (NOW, True), (NOW + timedelta(minutes=1), False)):
            listing(client, MACHINE, ("one", stopped_at), is_known=is_known)
            (failed,) = failed_executions(target, timedelta(days=1), known)
            assert failed.request_id == "one"
            client.assert_no_pending_responses()


def test_an_execution_that_is_redriven_while_it_is_read_is_listed_as_it_failed(made_up) -> None:
    target = made_up()
    running = {name: value for name, value in described("one", "RUNNING").items() if name != "stopDate"}
    with Stubber(target.client("stepfunctions")) as client:
        client.add_response("list_executions", {"executions": [listed(MACHINE, "one", "FAILED", NOW)]})
        client.add_response("describe_execution", running)
        client.add_response("list_executions", {"executions": []})
        (failed,) = failed_executions(target)
    assert (failed.status, failed.stopped_at) == ("FAILED", NOW)


def test_the_last_to_fail_or_time_out_comes_first(made_up) -> None:
    target = made_up()
    minutes = {"FAILED": (1, 9), "TIMED_OUT": (0, 5)}
    with Stubber(target.client("stepfunctions")) as client:
        for status, ages in minutes.items():
            ended = {str(age): NOW - timedelta(minutes=age) for age in ages}
            executions = [listed(MACHINE, each, status, stopped_at) for each, stopped_at in ended.items()]
            client.add_response("list_executions", {"executions": executions})
            for each, stopped_at in ended.items():
                answer = {**described(each, status), "stopDate": stopped_at}
                client.add_response("describe_execution", answer)
        report = run(target)
    assert [each["request_id"] for each in report.document["failed"]] == ["0", "1", "5", "9"]


def test_those_since_then_are_redriven_and_a_refusal_is_told(made_up) -> None:
    target = made_up()
    with Stubber(target.client("stepfunctions")) as client:
        listing(client, MACHINE, ("one", NOW), ("long-ago", NOW - timedelta(hours=5)), ("two", NOW))
        client.add_response("redrive_execution", {"redriveDate": NOW}, {"executionArn": arn_of("one")})
        client.add_client_error("redrive_execution", "ExecutionNotRedrivable", "It is too old.")
        report = run(target, "--all", "--since", "30m")
        client.assert_no_pending_responses()
    assert report.document == {"redriven": ["one"], "refused": {"two": "It is too old."}}
    assert report.code == 1


def test_one_order_s_execution_is_redriven_by_its_request_id(made_up) -> None:
    target = made_up()
    with Stubber(target.client("stepfunctions")) as client:
        client.add_response("describe_execution", described("one"), {"executionArn": arn_of("one")})
        client.add_response("redrive_execution", {"redriveDate": NOW}, {"executionArn": arn_of("one")})
        assert run(target, "one").document["redriven"] == ["one"]
        client.add_response("describe_execution", described("two", "SUCCEEDED"))
        with pytest.raises(NothingFound, match="SUCCEEDED"):
            run(target, "two")
        client.add_client_error("describe_execution", "ExecutionDoesNotExist")
        with pytest.raises(NothingFound, match="no execution of the order three"):
            run(target, "three")


def test_an_express_execution_cannot_be_redriven_and_the_way_out_is_told(made_up) -> None:
    target = made_up(release_state_machine_arn=RELEASE)
    with Stubber(target.client("stepfunctions")) as client:
        listing(client, RELEASE)
        with pytest.raises(NothingFound, match=r"EXPRESS.*redrive --dead-letters.*executions-timed-out"):
            run(target, "one")
        listing(client, RELEASE, ("one", NOW))
        client.add_response("redrive_execution", {"redriveDate": NOW})
        assert run(target, "one").document["redriven"] == ["one"]


def test_dead_orders_are_moved_by_sqs_itself(made_up) -> None:
    target = made_up()
    with Stubber(target.client("sqs")) as client:
        client.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "3"}})
        for name in ("orders-dead-letters", "orders"):
            arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
            asked = {"QueueUrl": target.outputs[QUEUES[name]], "AttributeNames": ["QueueArn"]}
            client.add_response("get_queue_attributes", {"Attributes": {"QueueArn": arn}}, asked)
        client.add_response(
            "start_message_move_task",
            {"TaskHandle": "handle"},
            {
                "SourceArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders-dead-letters",
                "DestinationArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders",
            },
        )
        assert run(target, "--dead-letters").document == {"moving": 3, "task_handle": "handle"}
        client.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "0"}})
        with pytest.raises(NothingFound):
            run(target, "--dead-letters")


@pytest.mark.parametrize(
    "arguments", [["one", "--all"], ["--dead-letters", "one"], ["--dead-letters", "--all"]]
)
def test_two_choices_at_once_are_refused(made_up, arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        run(made_up(), *arguments)
