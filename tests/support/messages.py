"""Messages of the orders queue, and the events that Lambda makes of them."""

from __future__ import annotations

from typing import Any

from functions.domain.execution import OrderMessage
from functions.domain.instant import now, timestamp
from tests.support.orders import order_payload


def sqs_event(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"msg-{number}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:orders",
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies, start=1)
        ]
    }


def message(request_id: str = "req-1", received_at: str | None = None) -> str:
    return OrderMessage(
        request_id=request_id,
        client_id="shop",
        received_at=received_at or timestamp(now()),
        order=order_payload(),
    ).text()


def start_input(request_id: str = "req-1", message_id: str = "msg-1") -> dict[str, Any]:
    return OrderMessage.read(message(request_id)).execution_input(message_id)
