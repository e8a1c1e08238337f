"""What the bill counts for one order is what the functions do."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from functions.adapters import aws
from functions.handlers import accept_order, process_payment, save_order, start_execution, update_order
from tests.support.http_events import http_event
from tests.support.messages import message, sqs_event, start_input
from tests.support.moto_cloud import make_client
from tests.support.orders import order_payload
from tools.bill.sizes import FUNCTION_LOG_BYTES, METRIC_LOG_BYTES, METRIC_RECORDS

# CloudWatch adds so many bytes to each record.
OVERHEAD_BYTES = 26


@pytest.fixture
def calls(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The calls of AWS, by operation."""
    made: Counter[str] = Counter()

    @cache
    def counting(service: str) -> Any:
        client = make_client(service)
        client.meta.events.register("before-call", lambda model, **_: made.update([model.name]))
        return client

    monkeypatch.setattr(aws, "_client", counting)
    return made


def send_an_order(context: Any) -> None:
    """Send one from the API until its payment is settled."""
    accept_order.handle(http_event(body=order_payload(), headers={"idempotency-key": "k"}), context)
    start_execution.handle(sqs_event(message()), context)
    saved = save_order.handle(start_input(), context)
    payment = process_payment.handle({**saved, "attempt": 0}, context)
    update_order.handle({**saved, "payment": payment}, context)


def test_an_order_makes_the_calls_that_the_bill_counts(calls: Counter[str], context: Any) -> None:
    send_an_order(context)

    # Of the writes, two are the Idempotency-Key's, one puts the order and one settles it.
    assert calls == {"PutItem": 2, "UpdateItem": 2, "SendMessage": 1, "StartExecution": 1}


def test_the_logs_are_as_long_as_the_bill_says(
    calls: Counter[str], context: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    send_an_order(context)

    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    metrics = [len(line) + OVERHEAD_BYTES for line in lines if "_aws" in json.loads(line)]
    records = [len(line) + OVERHEAD_BYTES for line in lines if "_aws" not in json.loads(line)]

    assert len(metrics) == METRIC_RECORDS
    assert sum(metrics) / len(metrics) == pytest.approx(METRIC_LOG_BYTES, rel=0.25)
    assert sum(records) / len(records) == pytest.approx(FUNCTION_LOG_BYTES, rel=0.25)
