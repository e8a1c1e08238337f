"""`recover`: what a client may ask for, asked for by an operator in its name."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody

from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.domain.deliveries.job import RecoverJob
from functions.domain.instant import now
from ops.recover import recoveries_of
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.ops.test_webhooks import REGISTERED, register

JOB = RecoverJob(
    webhook_id="wh_1",
    job_id="job-1",
    registration=REGISTERED,
    since=now() - timedelta(days=1),
    until=now(),
    created_at=now(),
)


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the function was sent; `answer` is what it answers."""
    seen: dict[str, Any] = {"answer": {"statusCode": 202, "body": json.dumps({"job_id": "job-1"})}}
    make_client = Target._make_client

    class Lambda:
        def invoke(self, **arguments: Any) -> dict[str, Any]:
            seen["name"], seen["request"] = arguments["FunctionName"], json.loads(arguments["Payload"])
            content = json.dumps(seen["answer"]).encode()
            return {"Payload": StreamingBody(io.BytesIO(content), len(content))}

    monkeypatch.setattr(
        Target,
        "_make_client",
        lambda self, service: Lambda() if service == "lambda" else make_client(self, service),
    )
    return seen


@pytest.fixture
def schedule(stack: MotoStack) -> DeliveriesSchedule:
    register(stack, "wh_1", "123456789012:role/Shop")
    return DeliveriesSchedule(stack.client("dynamodb"), "deliveries")


def test_a_recovery_is_asked_for_as_the_client(
    stack: MotoStack, schedule: DeliveriesSchedule, invoked: dict[str, Any], capsys: Any
) -> None:
    schedule.save_job(JOB)
    assert stack.run("--json", "recover", "wh_1", "--since", "1d", "--until", "2026-11-27T00:00:00Z") == 0
    assert json.loads(capsys.readouterr().out)["job_id"] == "job-1"
    request = invoked["request"]
    assert invoked["name"] == "recover-webhook-1"
    assert request["pathParameters"] == {"webhook_id": "wh_1"}
    body = json.loads(request["body"])
    assert (set(body), body["until"]) == ({"since", "until"}, "2026-11-27T00:00:00.000Z")
    assert request["requestContext"]["authorizer"]["iam"]["userArn"].endswith(":role/Shop")


def test_a_span_ends_now_on_the_stack_s_own_clock(
    stack: MotoStack, schedule: DeliveriesSchedule, invoked: dict[str, Any], tmp_path: Path
) -> None:
    schedule.save_job(JOB)
    clock = tmp_path / "clock"
    shown = now() + timedelta(days=10)
    clock.write_text(f"{now().timestamp()} {shown.timestamp()} 1\n")
    stack.outputs["emulated_clock"] = str(clock)
    assert stack.run("recover", "wh_1", "--since", "2h", "--until", "1h") == 0
    body = json.loads(invoked["request"]["body"])
    for name, hours in (("since", 2), ("until", 1)):
        late = datetime.fromisoformat(body[name]) - (shown - timedelta(hours=hours))
        assert timedelta(seconds=-1) < late < timedelta(minutes=1)


def test_a_wrong_field_is_shown(
    stack: MotoStack, schedule: DeliveriesSchedule, invoked: dict[str, Any], capsys: Any
) -> None:
    problem = {
        "detail": "The body is not valid.",
        "errors": [{"field": "since", "message": "must be before"}],
    }
    invoked["answer"] = {"statusCode": 422, "body": json.dumps(problem)}
    assert stack.run("recover", "wh_1", "--since", "1d") == 1
    assert capsys.readouterr().err == "The body is not valid.\n  since: must be before\n"


def test_how_far_a_recovery_has_come_is_shown(
    stack: MotoStack, schedule: DeliveriesSchedule, capsys: Any
) -> None:
    schedule.save_job(replace(JOB, sent=3, skipped=4))
    assert stack.run("recover", "wh_1", "--job", "job-1") == 0
    running = capsys.readouterr().out
    assert "is running: 3 events are due again, 4 are delivered already or in progress." in running
    assert "recover wh_1 --job job-1" in running
    schedule.save_job(replace(JOB, sent=3, status="done", finished_at=now()))
    stack.run("recover", "wh_1", "--job", "job-1")
    assert "is done" in capsys.readouterr().out


def test_a_recovery_is_waited_for(
    stack: MotoStack, schedule: DeliveriesSchedule, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    schedule.save_job(JOB)

    def end_it(_seconds: float) -> None:
        schedule.save_job(replace(JOB, status="done", sent=1, finished_at=now()))

    monkeypatch.setattr("ops.recover.time.sleep", end_it)
    assert stack.run("recover", "wh_1", "--job", "job-1", "--wait-seconds", "60") == 0
    assert "is done: 1 events" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["wh_1"], 2),
        (["wh_1", "--job", "job-1", "--since", "1d"], 2),
        (["wh_1", "--job", "nope"], 1),
        (["wh_none", "--since", "1d"], 1),
    ],
)
def test_what_cannot_be_recovered(
    stack: MotoStack, schedule: DeliveriesSchedule, arguments: list[str], code: int
) -> None:
    assert stack.run("recover", *arguments) == code


def test_the_latest_recoveries_are_listed(stack: MotoStack, schedule: DeliveriesSchedule) -> None:
    target = Target(name="the stack test", outputs=stack.outputs)
    for number in range(3):
        begun = now() - timedelta(hours=number)
        schedule.save_job(replace(JOB, job_id=f"job-{number}", created_at=begun, sent=number))
    assert [each.job_id for each in recoveries_of(target, "wh_1", 2)] == ["job-0", "job-1"]
    assert recoveries_of(target, "wh_2", 2) == []
