from __future__ import annotations

from typing import Any

import pytest

from ops import smoke as smoking
from ops.api import Answer
from ops.command_line import parse
from ops.errors import OpsError
from tests.ops.recorded import REQUEST_ID, delivery, sources

TAKEN = Answer(status=202, body={"request_id": REQUEST_ID})
ACTIVE = {"webhook_id": "wh_1", "status": "active", "event_types": ["order.paid"]}


class MadeUpApi:
    """Answers each path as it is given."""

    def __init__(self, *, posted: Answer = TAKEN, status: str = "paid", webhooks: Any = (ACTIVE,)) -> None:
        self.answers = {
            "/orders": posted,
            f"/orders/{REQUEST_ID[:-1]}%3D": Answer(status=200, body={"status": status}),
            "/webhooks": Answer(status=200, body={"webhooks": list(webhooks)}),
        }

    def call(self, _method: str, path: str, *_: Any) -> Answer:
        return self.answers[path]


def run(monkeypatch: pytest.MonkeyPatch, target: Any, api: MadeUpApi, **known: Any) -> Any:
    monkeypatch.setattr(smoking, "Api", lambda *_: api)
    monkeypatch.setattr(smoking, "read_sources", lambda *_: sources(**known))
    return smoking.smoke(target, parse(["smoke", "--timeout-seconds", "0"]))


@pytest.mark.parametrize(
    ("api", "known", "verdict"),
    [
        (MadeUpApi(), {}, "passed"),
        (MadeUpApi(webhooks=[]), {"deliveries": []}, "passed"),
        (MadeUpApi(webhooks=[ACTIVE, {**ACTIVE, "webhook_id": "wh_2", "status": "paused"}]), {}, "passed"),
        (
            MadeUpApi(webhooks=[{**ACTIVE, "status": "pending_confirmation"}]),
            {"deliveries": []},
            "SNS has logged no successful delivery to 1 of the caller's webhooks: wh_1 (pending",
        ),
        (
            MadeUpApi(webhooks=[ACTIVE, {**ACTIVE, "webhook_id": "wh_2", "status": "failing"}]),
            {},
            "SNS has logged no successful delivery to 1 of the caller's webhooks: wh_2 (failing)",
        ),
        (MadeUpApi(webhooks=[{**ACTIVE, "event_types": ["order.failed"]}]), {"deliveries": []}, "passed"),
        (MadeUpApi(status="failed"), {}, "the order is failed"),
        (MadeUpApi(status="pending"), {}, "the order has no outcome yet"),
        (MadeUpApi(), {"deliveries": []}, "SNS has logged no successful delivery"),
        (
            MadeUpApi(),
            {"deliveries": [delivery(succeeded=False)]},
            "SNS has logged no successful delivery",
        ),
    ],
)
def test_an_order_must_end_well_and_arrive(monkeypatch, made_up, api, known, verdict: str) -> None:
    report = run(monkeypatch, made_up(), api, **known)
    assert report.document["smoke"].startswith(verdict)
    assert report.code == (0 if verdict == "passed" else 1)
    assert report.document["entries"]


def test_an_api_that_does_not_take_the_order_says_why(monkeypatch, made_up) -> None:
    refusal = MadeUpApi(posted=Answer(status=403, body={"message": "Forbidden"}))
    with pytest.raises(OpsError, match="did not accept the order: 403, Forbidden"):
        run(monkeypatch, made_up(), refusal)


@pytest.mark.parametrize(
    ("webhooks", "shown"),
    [([], "no delivery was tried"), ([ACTIVE], "the event is at 1 of 1 of the caller's webhooks")],
)
def test_a_test_that_passed_says_what_it_has_seen(monkeypatch, made_up, webhooks: Any, shown: str) -> None:
    report = run(monkeypatch, made_up(), MadeUpApi(webhooks=webhooks))
    assert shown in str(report.views[-1])
