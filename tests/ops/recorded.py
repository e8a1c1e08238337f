"""What the sources of an order's story say, as they were seen to say it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.logs import LogLine
from ops.tables import KnownWebhook
from ops.trace.sources import DeliveryEntry, Execution, HistoryEvent, Sources

START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
REQUEST_ID = "EUrFYqQ4LXdiTGs="
SNS_MESSAGE_ID = "29d73f75-9c37-4439-b4d2-f9b3e3c31cc7"
EVENT_ID = "3638c254-b55f-5cde-b064-04040d2f101d"
WEBHOOK_ID = "wh_1"
DESTINATION = f"https://shop.example/hooks?key=hush&webhook_id={WEBHOOK_ID}"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def line(function: str, seconds: float, **fields: Any) -> LogLine:
    known = {"request_id": REQUEST_ID, "client_id": "shop", "duration_ms": 10.0}
    return LogLine(time=at(seconds), group=function, fields={**known, **fields})


def event(kind: str, seconds: float, **details: Any) -> HistoryEvent:
    return HistoryEvent(time=at(seconds), type=kind, details=details)


def step(name: str, entered: float, exited: float) -> list[HistoryEvent]:
    """A task state that did it at the first attempt."""
    return [
        event("TaskStateEntered", entered, name=name),
        event("TaskScheduled", entered),
        event("TaskStarted", entered),
        event("TaskSucceeded", exited),
        event("TaskStateExited", exited, name=name),
    ]


def failed_attempt(scheduled: float, failed: float, number: int) -> list[HistoryEvent]:
    cause = {
        "errorMessage": f"down, for the {number}. time\nmore",
        "errorType": "X",
        "stackTrace": ["secret"],
    }
    return [
        event("TaskScheduled", scheduled),
        event("TaskFailed", failed, error="PaymentGatewayUnavailable", cause=json.dumps(cause)),
    ]


def paid_at_third_attempt() -> list[HistoryEvent]:
    return [
        event("ExecutionStarted", 0.1),
        *step("SaveOrder", 0.2, 0.3),
        event("TaskStateEntered", 0.3, name="ProcessPayment"),
        *failed_attempt(0.3, 0.4, 1),
        *failed_attempt(2.4, 2.5, 2),
        event("TaskScheduled", 6.5),
        event("TaskSucceeded", 6.6),
        event("TaskStateExited", 6.6, name="ProcessPayment"),
        *step("UpdateOrder", 6.7, 6.8),
        *step("InformClient", 6.9, 7.0),
        event("ExecutionSucceeded", 7.0),
    ]


def execution(events: list[HistoryEvent], status: str = "SUCCEEDED", **changes: Any) -> Execution:
    return Execution(name="EUrF-cdd4", status=status, events=events, **changes)


def order(**changes: Any) -> dict[str, Any]:
    return {
        "request_id": REQUEST_ID,
        "client_id": "shop",
        "message_id": "msg-1",
        "reference": "PO-1001",
        "status": "paid",
        "created_at": "2026-11-25T09:30:00.000Z",
        "updated_at": "2026-11-25T09:30:06.780Z",
        "payment": {"id": "pay_1", "status": "approved"},
        "payment_method": "pm_card_visa",
        **changes,
    }


def lines() -> list[LogLine]:
    return [
        line("accept-order", 0.08, status=202, outcome="done", message_id="msg-1", duration_ms=70.0),
        line("start-execution", 0.11, receive_count=1, outcome="started"),
        line("save-order", 0.29, outcome="created"),
        line("update-order", 6.79, outcome="paid", first_result=True),
        line(
            "inform-client",
            6.99,
            outcome="order.paid",
            event_id=EVENT_ID,
            sns_message_id=SNS_MESSAGE_ID,
            audience="all",
        ),
    ]


def delivery(seconds: float = 9.0, *, succeeded: bool = True, published: float = 6.98, **changes: Any) -> Any:
    known = {
        "message_id": SNS_MESSAGE_ID,
        "destination": DESTINATION,
        "attempts": 3,
        "status_code": 200 if succeeded else 503,
        "response": "ok",
    }
    return DeliveryEntry(
        time=at(seconds),
        published_at=at(published),
        succeeded=succeeded,
        dwell_seconds=seconds - published,
        **{**known, **changes},
    )


def webhook(**changes: Any) -> KnownWebhook:
    known = {
        "client_id": "shop",
        "webhook_id": WEBHOOK_ID,
        "endpoint_url": DESTINATION,
        "event_types": ["order.paid"],
        "created_at": "2026-11-01T00:00:00.000Z",
        "subscription_arn": "arn",
        "status": "active",
    }
    return KnownWebhook(**{**known, **changes})


def sources(**changes: Any) -> Sources:
    known = {
        "request_id": REQUEST_ID,
        "read_at": at(60),
        "order": order(),
        "webhooks": [webhook()],
        "executions": [execution(paid_at_third_attempt())],
        "lines": lines(),
        "deliveries": [delivery()],
    }
    return Sources(**{**known, **changes})
